// Owns the directory of rooms in Redis: reached, lost and reached again without anybody waiting for it long.
import { createClient, type RedisClientType } from '@redis/client';
import * as v from 'valibot';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import { presenceKey } from '../registration.ts';
import {
  CLAIM,
  LOCATE,
  MOVED_CHANNEL,
  NODE_KEY_PREFIX,
  PRESENCE_KEY_PREFIX,
  RELEASE,
  REPUBLISH,
  ROOM_KEY_PREFIX,
} from './redis-scripts.ts';
import type { NodeState, RelayNode, RepublishResult, RoomClaim, RoomDirectory, RoomMove } from './room-directory.ts';

export const REDIS_DIRECTORY_LIMITS = {
  /** No answer within this time: the directory is away. */
  commandTimeoutMs: 500,
  connectTimeoutMs: 2_000,
  /** A node that has not been heard for this long is dead, and its rooms with it. */
  nodeTtlMs: 6_000,
  /** Rooms are published again well within this. */
  roomTtlMs: 120_000,
  maxReconnectMs: 1_000,
  maxQueuedCommands: 10_000,
  maxMessageBytes: 2_048,
  /** Other nodes that are looked at for the least loaded. */
  maxNodes: 256,
} as const;

const fence = v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number));
const shortText = v.pipe(v.string(), v.maxLength(512));

const moveSchema = v.object({
  hostId: v.pipe(v.string(), v.regex(/^\d{9}$/)),
  fence,
  incarnation: shortText,
  url: shortText,
});
const nodeSchema = v.object({
  incarnation: shortText,
  state: v.picklist(['active', 'draining']),
  url: shortText,
  load: v.pipe(v.number(), v.minValue(0)),
});

export interface RedisDirectoryOptions {
  /** For example `redis://user:password@127.0.0.1:6379/0` (never logged). */
  url: string;
  node: RelayNode;
  log: Log;
}

export class RedisDirectory implements RoomDirectory {
  readonly #node: RelayNode;
  readonly #log: Log;
  readonly #client: RedisClientType;
  readonly #subscriber: RedisClientType;
  readonly #onMoved = new Set<(move: RoomMove) => void>();
  readonly #onReady = new Set<() => void>();
  #away = false;

  /** Connects in the background; a relay starts whether its directory is there or not. */
  constructor({ url, node, log }: RedisDirectoryOptions) {
    this.#node = node;
    this.#log = log;
    this.#client = open(url);
    this.#subscriber = open(url);
    for (const client of [this.#client, this.#subscriber])
      client.on('error', (error: unknown) => this.#complain(TarnetError.from(error)));
    this.#client.on('ready', () => {
      this.#away = false;
      log.info('directory reached');
      for (const listener of this.#onReady) listener();
    });
    this.#client.connect().catch(() => undefined); // It goes on trying, and says so itself.
    this.#subscriber
      .connect()
      .then(() => this.#subscriber.subscribe(MOVED_CHANNEL, (text) => this.#heard(text)))
      .catch(() => undefined);
  }

  get ready(): boolean {
    return this.#client.isReady;
  }

  async claim(room: RoomClaim): Promise<number> {
    const answer = await this.#run(CLAIM, room.hostId, this.#claimArguments(room));
    if (answer === 'other-key')
      throw new TarnetError('unauthorised', 'this ID belongs to another key', { field: 'hostId' });
    const claimed = parseFence(answer);
    await this.#showPresence(room);
    return claimed;
  }

  async republish(room: RoomClaim, knownFence: number | null): Promise<RepublishResult> {
    const args = [...this.#claimArguments(room), String(knownFence ?? 0)];
    const answer = await this.#run(REPUBLISH, room.hostId, args);
    if (!answer.startsWith('lost:')) {
      await this.#showPresence(room);
      return { kept: true, fence: parseFence(answer) };
    }
    return { kept: false, url: answer.slice('lost:'.length) || null };
  }

  async release(hostId: string, knownFence: number): Promise<void> {
    await this.#run(RELEASE, hostId, [this.#node.incarnation, String(knownFence)]);
  }

  async locate(hostId: string): Promise<string | null> {
    const url = await this.#run(LOCATE, hostId, [this.#node.incarnation]);
    return url === '' ? null : url;
  }

  async present(presenceKeys: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const ids = await this.#answered(this.#client.mGet(presenceKeys.map(presenceName)));
    // The room may have gone since: only what the room itself says counts, and of our own we know better.
    const found = await Promise.all(ids.map(async (hostId) => hostId !== null && (await this.locate(hostId)) !== null));
    return presenceKeys.filter((_key, index) => found[index]);
  }

  async elsewhere(): Promise<string | null> {
    let best: { url: string; load: number } | null = null;
    let seen = 0;
    for await (const keys of this.#client.scanIterator({ MATCH: `${NODE_KEY_PREFIX}*`, COUNT: 100 })) {
      for (const key of keys) {
        seen += 1;
        if (seen > REDIS_DIRECTORY_LIMITS.maxNodes) return best?.url ?? null;
        const node = parseNode(await this.#answered(this.#client.get(key)));
        if (node?.state !== 'active' || node.incarnation === this.#node.incarnation) continue;
        if (!best || node.load < best.load) best = node;
      }
    }
    return best?.url ?? null;
  }

  async beat(state: NodeState, load: number): Promise<void> {
    const { id, incarnation, url } = this.#node;
    const text = JSON.stringify({ incarnation, state, url, load });
    const expiration = { type: 'PX', value: REDIS_DIRECTORY_LIMITS.nodeTtlMs } as const;
    await this.#answered(this.#client.set(`${NODE_KEY_PREFIX}${id}`, text, { expiration }));
  }

  onMoved(listener: (move: RoomMove) => void): () => void {
    this.#onMoved.add(listener);
    return () => this.#onMoved.delete(listener);
  }

  onReady(listener: () => void): () => void {
    this.#onReady.add(listener);
    return () => this.#onReady.delete(listener);
  }

  async close(): Promise<void> {
    if (this.ready) await this.#answered(this.#client.del(`${NODE_KEY_PREFIX}${this.#node.id}`)).catch(() => undefined);
    this.#client.destroy();
    this.#subscriber.destroy();
  }

  /** Lets those who know the host's key find its room; the room itself stays what counts. */
  async #showPresence({ hostId, ed25519 }: RoomClaim): Promise<void> {
    const expiration = { type: 'PX', value: REDIS_DIRECTORY_LIMITS.roomTtlMs } as const;
    await this.#answered(this.#client.set(presenceName(presenceKey(ed25519)), hostId, { expiration }));
  }

  #claimArguments({ hostId, ed25519 }: RoomClaim): string[] {
    const { id, incarnation, url } = this.#node;
    const key = Buffer.from(ed25519).toString('hex');
    return [id, incarnation, url, key, String(REDIS_DIRECTORY_LIMITS.roomTtlMs), hostId];
  }

  async #run(script: string, hostId: string, args: string[]): Promise<string> {
    const answer = await this.#answered(
      this.#client.eval(script, { keys: [`${ROOM_KEY_PREFIX}${hostId}`], arguments: args }),
    );
    return String(answer);
  }

  /** Throws `going-away` when there is no answer in time: whoever waits for it is to try again. */
  async #answered<T>(answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), REDIS_DIRECTORY_LIMITS.commandTimeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (cause) {
      this.#complain(TarnetError.from(cause));
      throw new TarnetError('going-away', 'the directory of relays does not answer', { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #heard(text: string): void {
    if (text.length > REDIS_DIRECTORY_LIMITS.maxMessageBytes) return;
    const move = parseJson(moveSchema, text);
    if (!move) this.#log.warn('the directory told something else than a move');
    else if (move.incarnation !== this.#node.incarnation) for (const listener of this.#onMoved) listener(move);
  }

  /** Once each time it goes away: it may stay so for hours. */
  #complain(error: TarnetError): void {
    if (this.#away || this.ready) return;
    this.#away = true;
    this.#log.warn('directory away: rooms of this relay go on', { reason: error.reason });
  }
}

function open(url: string): RedisClientType {
  const { maxReconnectMs, connectTimeoutMs, maxQueuedCommands } = REDIS_DIRECTORY_LIMITS;
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxQueuedCommands,
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => Math.min(maxReconnectMs, 50 * 2 ** Math.min(retries, 10)),
    },
  });
}

function presenceName(key: Uint8Array): string {
  return `${PRESENCE_KEY_PREFIX}${Buffer.from(key).toString('hex')}`;
}

function parseFence(text: string): number {
  const parsed = v.safeParse(fence, text);
  if (!parsed.success) throw new TarnetError('internal', 'the directory answered with no fence');
  return parsed.output;
}

function parseNode(text: string | null): v.InferOutput<typeof nodeSchema> | null {
  return text === null ? null : parseJson(nodeSchema, text);
}

function parseJson<const S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
