// Owns what can be shared: a display or a window.

export interface CaptureSource {
  /** desktopCapturer's source id, for example `screen:0:0`. */
  id: string;
  kind: 'display' | 'window';
  name: string;
  /** Position and size in pixels of the whole desktop; zero for a window whose place is unknown. */
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
  scaleFactor: number;
  primary: boolean;
  /** PNG data URL, at most 320 px wide; empty when no picture was asked for. */
  thumbnail: string;
}
