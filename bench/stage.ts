// Owns what the host display shows: the scenes, painted from pictures that the X server already holds, so that painting is cheap.
import { type Bgrx, type Rect, XScreen } from '../tests/displays/x-screen.ts';
import { MARK, whiteCells } from './mark.ts';
import { crop, photograph, textPage, videoFrames } from './pictures.ts';
import type { Point } from './watcher.ts';

export const SCREEN = { widthPx: 1920, heightPx: 1080 } as const;

export type Motion = 'scroll' | 'drag' | 'video';

const PAGE = { x: 160, y: 40, width: 1600, height: 1000 } as const;
const PAGE_TEXT_HEIGHT = PAGE.height - 2 * MARK.height;
const LONG_PAGE_HEIGHT = 4_000;
const SCROLL_PX = 6;
const DRAGGED = { width: 640, height: 480 } as const;
const VIDEO_FRAMES = 24;
const SMALL_VIDEO: Rect = { x: 1100, y: 620, width: 640, height: 360 };
const NOTE = { x: 240, y: 200, width: 1200, height: 600 } as const;
const LETTER = { width: 9, height: 20 } as const;
/** A part of the moving picture that is compared with its source, in coordinates of the screen. */
const SAMPLE: Rect = { x: 560, y: 340, width: 640, height: 360 };
/** Frames whose time is remembered. */
const MAX_REMEMBERED = 4_096;

const SMALL_MARK: readonly Point[] = [{ x: 240, y: 320 }];
const MARKS: Readonly<Record<Motion, readonly Point[]>> = {
  scroll: [
    { x: PAGE.x, y: PAGE.y },
    { x: PAGE.x + PAGE.width - MARK.width, y: PAGE.y + PAGE.height - MARK.height },
  ],
  drag: [
    { x: 64, y: 32 },
    { x: 1472, y: 1024 },
  ],
  video: [
    { x: 64, y: 32 },
    { x: 1472, y: 1024 },
  ],
};

interface Pictures {
  desk: Bgrx;
  longPage: Bgrx;
  video: readonly Bgrx[];
  /** What replaces the whole screen, one after the other. */
  wholes: readonly Bgrx[];
}

interface Pixmaps {
  desk: number;
  longPage: number;
  page: number;
  video: readonly number[];
  wholes: readonly number[];
  mark: number;
}

/** Makes the pictures, once for all displays. Takes a few seconds. */
export async function makePictures(screen: XScreen): Promise<Pictures> {
  const { widthPx: width, heightPx: height } = SCREEN;
  const desk = photograph(width, height, 1);
  const page = await textPage(screen, PAGE.width, PAGE.height, 2);
  paste(desk, page, PAGE.x, PAGE.y);
  const wholes = [3, 4, 5].map((seed) => photograph(width, height, seed * 10));
  for (const [index, whole] of wholes.entries())
    paste(whole, await textPage(screen, 960, height, 20 + index), (index % 2) * 960, 0);
  return {
    desk,
    longPage: await textPage(screen, PAGE.width, LONG_PAGE_HEIGHT, 6),
    video: videoFrames(width, height, VIDEO_FRAMES),
    wholes,
  };
}

function paste(onto: Bgrx, picture: Bgrx, left: number, top: number): void {
  for (let y = 0; y < picture.height; y++)
    picture.bytes.copy(
      onto.bytes,
      ((top + y) * onto.width + left) * 4,
      y * picture.width * 4,
      (y + 1) * picture.width * 4,
    );
}

export class Stage {
  readonly screen: XScreen;
  readonly #pictures: Pictures;
  readonly #pixmaps: Pixmaps;
  readonly #desk: number;
  readonly #paintedAtMs: Float64Array = new Float64Array(MAX_REMEMBERED);
  #newest: number = 0;
  #dragged: number | null = null;
  #letters: number = 0;

  private constructor(screen: XScreen, pictures: Pictures) {
    const put = (picture: Bgrx): number => {
      const pixmap = screen.createPixmap(picture.width, picture.height);
      screen.upload(pixmap, picture);
      return pixmap;
    };
    this.screen = screen;
    this.#pictures = pictures;
    this.#pixmaps = {
      desk: put(pictures.desk),
      longPage: put(pictures.longPage),
      page: screen.createPixmap(PAGE.width, PAGE.height),
      video: pictures.video.map(put),
      wholes: pictures.wholes.map(put),
      mark: screen.createPixmap(MARK.width, MARK.height),
    };
    screen.fill(this.#pixmaps.page, [{ x: 0, y: 0, width: PAGE.width, height: PAGE.height }], {
      red: 60,
      green: 70,
      blue: 90,
    });
    this.#desk = screen.openWindow(
      { x: 0, y: 0, width: SCREEN.widthPx, height: SCREEN.heightPx },
      { pixmap: this.#pixmaps.desk },
    );
    // Some viewers draw the host's pointer into the picture, others do not.
    screen.hidePointerOver(this.#desk);
  }

  /** Sets the stage on a display, and gives it the keyboard. */
  static async open(display: string, pictures: Pictures): Promise<Stage> {
    const screen = await XScreen.connect(display);
    const stage = new Stage(screen, pictures);
    await screen.settle();
    screen.movePointer(SCREEN.widthPx / 2, 900);
    await stage.takeKeyboard();
    return stage;
  }

  /** Gives the host's keyboard to the desk. */
  async takeKeyboard(): Promise<void> {
    await this.screen.focus(this.#desk);
  }

  close(): void {
    this.screen.close();
  }

  /** The number of the newest frame. */
  get newest(): number {
    return this.#newest;
  }

  /** When a frame was painted, on the clock of `performance.now()`. */
  paintedAtMs(frame: number): number {
    return this.#paintedAtMs[frame % MAX_REMEMBERED] ?? 0;
  }

  /** Shows the desktop with a page of text, without anything that moves. */
  showDesk(): void {
    if (this.#dragged !== null) this.screen.closeWindow(this.#dragged);
    this.#dragged = null;
    // Above the windows that a host side opens by itself: all viewers shall see the same.
    this.screen.raiseWindow(this.#desk);
    this.screen.copy(this.#pixmaps.desk, whole(this.#pictures.desk), this.#desk, 0, 0);
  }

  get smallMark(): readonly Point[] {
    return SMALL_MARK;
  }

  /** Changes a place as big as a word, as a caret or a letter does. Returns the frame's number. */
  paintSmallChange(): number {
    const frame = this.#nextFrame();
    this.#drawMark(frame);
    this.#placeMarks(SMALL_MARK, this.#desk);
    return frame;
  }

  /** Shows the next frame of a small video that plays beside everything else. */
  paintSmallVideo(frame: number): void {
    const picture = this.#pixmaps.video[videoIndex(frame)] ?? 0;
    this.screen.copy(picture, SAMPLE, this.#desk, SMALL_VIDEO.x, SMALL_VIDEO.y);
  }

  /** Writes the next letter into a note, as an editor does. */
  typeLetter(): void {
    const columns = Math.floor(NOTE.width / LETTER.width);
    const rows = Math.floor(NOTE.height / LETTER.height);
    const place = this.#letters++ % (columns * rows);
    const x = (place % columns) * LETTER.width;
    const y = Math.floor(place / columns) * LETTER.height;
    this.screen.copy(this.#pixmaps.longPage, { x: x + 40, y, ...LETTER }, this.#desk, NOTE.x + x, NOTE.y + y);
  }

  openNote(): void {
    this.#letters = 0;
    this.screen.fill(this.#desk, [NOTE], { red: 250, green: 250, blue: 247 });
  }

  marksOf(motion: Motion): readonly Point[] {
    return MARKS[motion];
  }

  openMotion(motion: Motion): void {
    this.showDesk();
    if (motion !== 'drag') return;
    const content = this.screen.createPixmap(DRAGGED.width, DRAGGED.height);
    this.screen.copy(this.#pixmaps.longPage, { x: 0, y: 500, ...DRAGGED }, content, 0, 0);
    this.screen.fill(content, [{ x: 0, y: 0, width: DRAGGED.width, height: 28 }], { red: 52, green: 73, blue: 110 });
    this.#dragged = this.screen.openWindow({ ...this.#dragPlace(0), ...DRAGGED }, { pixmap: content });
  }

  /** Paints the next frame of a motion, so that a capturer sees it whole or not at all. Returns its number. */
  paintMotion(motion: Motion): number {
    const frame = this.#nextFrame();
    this.#drawMark(frame);
    const { screen } = this;
    if (motion === 'scroll') {
      const from = { x: 0, y: scrolledPx(frame), width: PAGE.width, height: PAGE_TEXT_HEIGHT };
      screen.copy(this.#pixmaps.longPage, from, this.#pixmaps.page, 0, MARK.height);
      this.#placeMarks(
        MARKS.scroll.map(({ x, y }) => ({ x: x - PAGE.x, y: y - PAGE.y })),
        this.#pixmaps.page,
      );
      screen.copy(this.#pixmaps.page, { ...PAGE, x: 0, y: 0 }, this.#desk, PAGE.x, PAGE.y);
    } else if (motion === 'video') {
      const picture = this.#pixmaps.video[videoIndex(frame)] ?? 0;
      this.#placeMarks(MARKS.video, picture);
      screen.copy(picture, whole(this.#pictures.desk), this.#desk, 0, 0);
    } else if (this.#dragged !== null) {
      const { x, y } = this.#dragPlace(frame);
      screen.moveWindow(this.#dragged, x, y);
      this.#placeMarks(MARKS.drag, this.#desk);
    }
    return frame;
  }

  /** The place and the true pixels of a part of a moving picture; a dragged window has none. */
  sampleOf(motion: Motion, frame: number): { rect: Rect; pixels: Bgrx } | null {
    const { x, y, width, height } = SAMPLE;
    if (motion === 'scroll') {
      const top = y - PAGE.y - MARK.height + scrolledPx(frame);
      return { rect: SAMPLE, pixels: crop(this.#pictures.longPage, x - PAGE.x, top, width, height) };
    }
    const picture = motion === 'video' ? this.#pictures.video[videoIndex(frame)] : undefined;
    return picture ? { rect: SAMPLE, pixels: crop(picture, x, y, width, height) } : null;
  }

  get wholeCount(): number {
    return this.#pixmaps.wholes.length;
  }

  /** Replaces the whole screen at once, and returns what it shows then. */
  paintWhole(index: number): Bgrx {
    const picture = this.#pictures.wholes[index % this.wholeCount];
    if (!picture) throw new Error(`there is no whole picture ${index}`);
    this.screen.raiseWindow(this.#desk);
    this.screen.copy(this.#pixmaps.wholes[index % this.wholeCount] ?? 0, whole(picture), this.#desk, 0, 0);
    return picture;
  }

  #nextFrame(): number {
    this.#newest += 1;
    this.#paintedAtMs[this.#newest % MAX_REMEMBERED] = performance.now();
    return this.#newest;
  }

  #drawMark(frame: number): void {
    const all = { x: 0, y: 0, width: MARK.width, height: MARK.height };
    this.screen.fill(this.#pixmaps.mark, [all], { red: 0, green: 0, blue: 0 });
    this.screen.fill(this.#pixmaps.mark, whiteCells(frame), { red: 255, green: 255, blue: 255 });
  }

  #placeMarks(places: readonly Point[], drawable: number): void {
    const all = { x: 0, y: 0, width: MARK.width, height: MARK.height };
    for (const { x, y } of places) this.screen.copy(this.#pixmaps.mark, all, drawable, x, y);
  }

  /** A path without corners, some 10 pixels a frame. */
  #dragPlace(frame: number): Point {
    const x = (SCREEN.widthPx - DRAGGED.width) / 2;
    const y = (SCREEN.heightPx - DRAGGED.height - 200) / 2;
    return {
      x: Math.round(x + x * Math.sin(frame / 60)),
      y: Math.round(100 + y + y * Math.sin(frame / 43)),
    };
  }
}

function whole(picture: Bgrx): Rect {
  return { x: 0, y: 0, width: picture.width, height: picture.height };
}

/** Down and up again, so that there is never a jump. */
function scrolledPx(frame: number): number {
  const range = LONG_PAGE_HEIGHT - PAGE_TEXT_HEIGHT;
  const at = (frame * SCROLL_PX) % (2 * range);
  return at < range ? at : 2 * range - at;
}

function videoIndex(frame: number): number {
  const at = frame % (2 * VIDEO_FRAMES - 2);
  return at < VIDEO_FRAMES ? at : 2 * VIDEO_FRAMES - 2 - at;
}
