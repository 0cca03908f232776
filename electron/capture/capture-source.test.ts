import { describe, expect, it } from 'vitest';
import { joinSources, type RawSource } from './capture-source.ts';

const raw = (id: string, name: string, displayId = ''): RawSource => ({
  id,
  name,
  display_id: displayId,
  thumbnail: { isEmpty: () => false, toDataURL: () => 'data:image/png;base64,AAAA' },
});
const display = (id: number, x: number, scaleFactor = 1, label = '') => ({
  id,
  label,
  scaleFactor,
  bounds: { x, y: 0, width: 1280, height: 720 },
});

describe('sources', () => {
  it('are joined with their displays by id, in physical pixels, the primary one first', () => {
    const sources = joinSources(
      [raw('screen:1:0', 'Screen 1', '7'), raw('screen:2:0', 'Screen 2', '8'), raw('window:5:0', 'Editor')],
      [display(8, 0, 1.5, 'DP-1'), display(7, 1280)],
      8,
    );
    expect(sources).toMatchObject([
      { id: 'screen:2:0', kind: 'display', name: 'DP-1', xPx: 0, widthPx: 1920, heightPx: 1080, primary: true },
      { id: 'screen:1:0', kind: 'display', name: 'Screen 1', xPx: 1280, widthPx: 1280, scaleFactor: 1, primary: false },
      { id: 'window:5:0', kind: 'window', name: 'Editor', widthPx: 0, thumbnail: 'data:image/png;base64,AAAA' },
    ]);
  });

  it('are joined by their order where the platform tells no display', () => {
    const sources = joinSources([raw('screen:0:0', 'a'), raw('screen:1:0', 'b')], [display(1, 0), display(2, 1280)], 1);
    expect(sources.map(({ xPx }) => xPx)).toEqual([0, 1280]);
  });

  it('survive a source without a display', () => {
    expect(joinSources([raw('screen:0:0', 'a')], [], 1)).toMatchObject([{ widthPx: 0, primary: false }]);
  });
});
