// Owns the order in which picture updates reach the screen: as they came, except that a newer picture that is ready and
// covers an older one makes it needless. Pure: it knows neither decoders nor canvases.

/** Whatever an update has become once it is decoded. */
export interface Closable {
  close(): void;
}

export interface OrderedUpdate<Meta, Picture extends Closable> {
  readonly meta: Meta;
  /** Updates of the same region replace each other; null: tiles, which never do. */
  readonly region: string | null;
  /** True when nothing before it can be seen any more once it is painted. */
  readonly whole: boolean;
  state: 'decoding' | 'ready' | 'gone';
  picture: Picture | null;
}

export class PaintOrder<Meta, Picture extends Closable> {
  #updates: OrderedUpdate<Meta, Picture>[] = [];

  get length(): number {
    return this.#updates.length;
  }

  /** How many updates wait for their decoder. */
  get decoding(): number {
    return this.#updates.filter(({ state }) => state === 'decoding').length;
  }

  add(meta: Meta, region: string | null, whole: boolean): OrderedUpdate<Meta, Picture> {
    const update: OrderedUpdate<Meta, Picture> = { meta, region, whole, state: 'decoding', picture: null };
    this.#updates.push(update);
    return update;
  }

  /** The update is decoded. Closes the picture when nobody waits for it any more. */
  ready(update: OrderedUpdate<Meta, Picture>, picture: Picture): void {
    if (update.state !== 'decoding') {
      picture.close();
      return;
    }
    update.picture = picture;
    update.state = 'ready';
  }

  /** The update will never be decoded. */
  gone(update: OrderedUpdate<Meta, Picture>): void {
    update.picture?.close();
    update.picture = null;
    update.state = 'gone';
  }

  /** All updates that wait for a decoder and fulfil the condition will never be decoded; returns how many. */
  abandon(matches: (meta: Meta) => boolean): number {
    const abandoned = this.#updates.filter(({ state, meta }) => state === 'decoding' && matches(meta));
    for (const update of abandoned) this.gone(update);
    return abandoned.length;
  }

  /**
   * The next update to paint, or null while the first one is not decoded yet. Its picture is the caller's to close.
   * `skipped` counts decoded updates that became needless, which are closed here.
   */
  next(): { update: OrderedUpdate<Meta, Picture>; picture: Picture; skipped: number } | null {
    let skipped = 0;
    const wholeAt = this.#updates.findLastIndex(({ whole, state }) => whole && state === 'ready');
    if (wholeAt > 0) skipped += this.#discard(wholeAt);
    for (;;) {
      const [first, second] = this.#updates;
      if (!first) return null;
      if (first.state === 'decoding') return null;
      if (first.state === 'gone' || first.picture === null) {
        this.#updates.shift();
        continue;
      }
      const replaced =
        second !== undefined &&
        (second.state === 'gone' ||
          (second.state === 'ready' && first.region !== null && second.region === first.region));
      if (replaced && second.state === 'gone') {
        this.#updates.splice(1, 1);
        continue;
      }
      if (replaced) {
        skipped += this.#discard(1);
        continue;
      }
      this.#updates.shift();
      const { picture } = first;
      first.picture = null;
      first.state = 'gone';
      return { update: first, picture, skipped };
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#discard(this.#updates.length);
  }

  #discard(count: number): number {
    const discarded = this.#updates.splice(0, count);
    const decoded = discarded.filter(({ state }) => state !== 'gone').length;
    for (const update of discarded) this.gone(update);
    return decoded;
  }
}
