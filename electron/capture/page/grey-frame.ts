// Owns taking the colours out of a captured frame, for very slow links.

const NO_COLOUR = 128;
const PLANES: Readonly<Record<string, number>> = { I420: 3, NV12: 2 };

/** The same picture in shades of grey, for its receiver to close; null where the frame's format does not lend itself to it. */
export async function greyFrame(frame: VideoFrame): Promise<VideoFrame | null> {
  const { format } = frame;
  const planes = format === null ? undefined : PLANES[format];
  const { width: codedWidth = 0, height: codedHeight = 0 } = frame.visibleRect ?? {};
  if (format === null || planes === undefined || codedWidth % 2 !== 0 || codedHeight % 2 !== 0) return null;
  const pixels = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(pixels);
  const chromaAt = layout[1]?.offset ?? pixels.length;
  pixels.fill(NO_COLOUR, chromaAt);
  const { timestamp } = frame;
  const colorSpace = frame.colorSpace.toJSON();
  return new VideoFrame(pixels, { format, codedWidth, codedHeight, timestamp, layout, colorSpace });
}
