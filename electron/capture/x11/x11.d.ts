// Owns the types of the x11 package, as far as capture uses it: https://github.com/sidorares/node-x11/tree/master/docs
declare module 'x11' {
  export type Callback<T> = (error: Error | null | undefined, result: T) => unknown;

  export interface X11Visual {
    red_mask: number;
    green_mask: number;
    blue_mask: number;
  }

  export interface X11Screen {
    root: number;
    pixel_width: number;
    pixel_height: number;
    root_depth: number;
    root_visual: number;
    /** Depth → visual id → visual. */
    depths: Record<number, Record<number, X11Visual>>;
  }

  export interface X11Display {
    screen: X11Screen[];
    client: X11Client;
    format: Record<number, { bits_per_pixel: number }>;
    /** 0: least significant byte first. */
    image_byte_order: number;
  }

  export interface X11Event {
    name: string;
  }

  export interface X11Rectangle {
    x: number;
    y: number;
    width: number;
    height: number;
  }

  export interface X11Damage {
    ReportLevel: { NonEmpty: number };
    Create(damage: number, drawable: number, reportLevel: number): void;
    Subtract(damage: number, repair: number, parts: number): void;
  }

  export interface X11CursorImage {
    width: number;
    height: number;
    xhot: number;
    yhot: number;
    /** ARGB words, little-endian, premultiplied. */
    cursorImage: Uint8Array;
  }

  export interface X11Fixes {
    CursorNotifyMask: { DisplayCursor: number };
    SelectCursorInput(window: number, eventMask: number): void;
    GetCursorImage(callback: Callback<X11CursorImage>): void;
    CreateRegion(region: number, rectangles: X11Rectangle[]): void;
    FetchRegion(region: number, callback: Callback<{ rectangles: X11Rectangle[] }>): void;
  }

  export interface X11Segment {
    shmseg: number;
    size: number;
    buffer: Uint8Array<ArrayBuffer>;
    readback(offset: number, length: number): void;
    detach(): void;
  }

  export interface X11Shm {
    ImageFormat: { ZPixmap: number };
    usable(callback: Callback<boolean>): void;
    createSegment(sizeBytes: number, callback: Callback<X11Segment>): void;
    GetImage(
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planeMask: number,
      format: number,
      shmseg: number,
      offset: number,
      callback: Callback<{ size: number }>,
    ): void;
  }

  export interface X11Randr {
    NotifyMask: { ScreenChange: number };
    SelectInput(window: number, mask: number): void;
  }

  export interface X11Extensions {
    damage: X11Damage;
    fixes: X11Fixes;
    shm: X11Shm;
    randr: X11Randr;
  }

  export interface X11Client {
    AllocID(): number;
    require<Name extends keyof X11Extensions>(name: Name, callback: Callback<X11Extensions[Name]>): void;
    GetImage(
      format: number,
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planeMask: number,
      callback: Callback<{ data: Uint8Array<ArrayBuffer> }>,
    ): void;
    GetGeometry(drawable: number, callback: Callback<{ width: number; height: number }>): void;
    QueryPointer(window: number, callback: Callback<{ rootX: number; rootY: number; sameScreen: number }>): void;
    terminate(): void;
    on(event: 'event', listener: (event: X11Event) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'end', listener: () => void): void;
  }

  const x11: {
    createClient(
      options: { display: string; shm?: false },
      callback: (error: Error | undefined, display: X11Display) => void,
    ): X11Client;
  };
  export default x11;
}
