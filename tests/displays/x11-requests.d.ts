// Owns the types of the x11 package that tests and benches need beyond those of electron/capture/x11/x11.d.ts.
declare module 'x11' {
  export interface X11WindowValues {
    backgroundPixel?: number;
    backgroundPixmap?: number;
    overrideRedirect?: number;
    eventMask?: number;
    cursor?: number;
  }

  /** Each 0 to 65535. */
  export interface X11Colour {
    R: number;
    G: number;
    B: number;
  }

  export interface X11Display {
    min_keycode: number;
    max_keycode: number;
  }

  export interface X11Event {
    /** The window of an input event. */
    wid: number;
    keycode: number;
    x: number;
    y: number;
  }

  export interface X11XTest {
    KeyPress: number;
    KeyRelease: number;
    ButtonPress: number;
    ButtonRelease: number;
    MotionNotify: number;
    FakeInput(type: number, detail: number, time: number, window: number, x: number, y: number): void;
  }

  export interface X11Extensions {
    xtest: X11XTest;
  }

  export interface X11Client {
    eventMask: { KeyPress: number; KeyRelease: number; ButtonPress: number; ButtonRelease: number };
    stream: { unref?(): void };
    CreateWindow(
      id: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
      borderWidth: number,
      depth: number,
      windowClass: number,
      visual: number,
      values: X11WindowValues,
    ): void;
    ChangeWindowAttributes(window: number, values: X11WindowValues): void;
    ConfigureWindow(window: number, values: { x?: number; y?: number }): void;
    DestroyWindow(window: number): void;
    MapWindow(window: number): void;
    RaiseWindow(window: number): void;
    ClearArea(window: number, x: number, y: number, width: number, height: number, exposures: number): void;
    GetWindowAttributes(window: number, callback: Callback<{ mapState: number }>): void;
    QueryTree(window: number, callback: Callback<{ children: number[] }>): void;
    SetInputFocus(window: number, revertTo: number): void;
    CreatePixmap(id: number, drawable: number, depth: number, width: number, height: number): void;
    CreateCursor(
      id: number,
      source: number,
      mask: number,
      foreground: X11Colour,
      background: X11Colour,
      hotX: number,
      hotY: number,
    ): void;
    FreePixmap(id: number): void;
    CreateGC(
      id: number,
      drawable: number,
      values: { graphicsExposures?: number; foreground?: number; font?: number; background?: number },
    ): void;
    ChangeGC(id: number, values: { foreground?: number; background?: number }): void;
    OpenFont(id: number, name: string): void;
    ImageText8(drawable: number, gc: number, x: number, y: number, text: string): void;
    PolyFillRectangle(drawable: number, gc: number, coordinates: readonly number[]): void;
    CopyArea(
      source: number,
      target: number,
      gc: number,
      sourceX: number,
      sourceY: number,
      targetX: number,
      targetY: number,
      width: number,
      height: number,
    ): void;
    PutImage(
      format: number,
      drawable: number,
      gc: number,
      width: number,
      height: number,
      x: number,
      y: number,
      leftPad: number,
      depth: number,
      data: Buffer,
    ): void;
    GetKeyboardMapping(firstKeycode: number, count: number, callback: Callback<number[][]>): void;
    QueryPointer(
      window: number,
      callback: Callback<{ rootX: number; rootY: number; sameScreen: number; keyMask: number }>,
    ): void;
    QueryKeymap(callback: Callback<Uint8Array>): void;
    sync(callback: Callback<void>): void;
  }
}
