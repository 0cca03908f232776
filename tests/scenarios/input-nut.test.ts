// nut-js on a real display, as it is used where XTEST is not: mouse, keys, strict order, and what it cannot do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NUT_INJECTOR_LIMITS, NutInjector } from '../../electron/input/injectors/nut-injector.ts';
import { startXServer, XObserver, type XServer } from './x-server.ts';

let server: XServer;
let observer: XObserver;
let injector: NutInjector;
const notices: string[] = [];
beforeAll(async () => {
  server = await startXServer();
  // The native part of nut-js reads it when it is first used.
  process.env.DISPLAY = server.display;
  observer = await XObserver.open(server.display);
  injector = await NutInjector.open();
  injector.onNotice = (message) => notices.push(message);
});
afterAll(async () => {
  observer.close();
  await server.close();
});

describe('NutInjector', () => {
  it('moves, clicks, turns the wheel and presses keys, one act after another', async () => {
    for (const [xPx, yPx] of [
      [0, 0],
      [1919, 1079],
      [640, 360],
    ] as const) {
      injector.move(xPx, yPx);
      await injector.settled();
      expect(await observer.pointer()).toMatchObject({ rootX: xPx, rootY: yPx });
    }
    injector.key('ShiftRight', true);
    injector.key('KeyQ', true);
    injector.key('KeyQ', false);
    injector.key('ShiftRight', false);
    injector.button('middle', true);
    injector.button('middle', false);
    injector.scroll(0, 2);
    injector.scroll(-1, 0);
    injector.text(0x0a);
    await injector.settled();
    const seen = await observer.until(14);
    expect(seen.map(({ name, keycode }) => `${name} ${keycode}`)).toEqual([
      'KeyPress 62',
      'KeyPress 24',
      'KeyRelease 24',
      'KeyRelease 62',
      'ButtonPress 2',
      'ButtonRelease 2',
      'ButtonPress 5',
      'ButtonRelease 5',
      'ButtonPress 5',
      'ButtonRelease 5',
      'ButtonPress 6',
      'ButtonRelease 6',
      'KeyPress 36',
      'KeyRelease 36',
    ]);
  });

  it('turns the wheel no further at once than its limit', async () => {
    observer.seen.length = 0;
    injector.scroll(0, -1000);
    await injector.settled();
    await observer.sync();
    const turns = observer.seen.filter(({ name, keycode }) => name === 'ButtonPress' && keycode === 4);
    expect(turns).toHaveLength(NUT_INJECTOR_LIMITS.maxNotchesAtOnce);
  });

  it('says once what it cannot do', async () => {
    for (let i = 0; i < 3; i++) {
      injector.key('KanaMode', true);
      injector.button('forward', true);
      injector.text(0xe3);
    }
    await injector.settled();
    expect(notices).toHaveLength(3);
  });
});
