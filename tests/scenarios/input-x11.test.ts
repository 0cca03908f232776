// Injection on a real X server: what programs get is what was asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { X11_INJECTOR_LIMITS, X11Injector } from '../../electron/input/injectors/x11-injector.ts';
import { InputGate } from '../../electron/input/input-gate.ts';
import { xKeycode } from '../../electron/input/key-map.ts';
import { nodeClock as clock } from '../../electron/node-clock.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import { VIEW_AND_CONTROL } from '../../shared/model/permissions.ts';
import { startXServer, stop, XObserver, type XServer } from './x-server.ts';

let server: XServer;
beforeAll(async () => {
  server = await startXServer();
});
afterAll(async () => {
  await server.close();
});

let injector: X11Injector;
const problems: (string | null)[] = [];
beforeEach(async () => {
  problems.length = 0;
  injector = await X11Injector.open(server.display, clock);
  injector.onProblem = (message) => problems.push(message);
});
afterEach(() => {
  injector.close();
  expect(problems).toEqual([]);
});

const tap = (...codes: KeyCode[]) => {
  for (const code of codes) injector.key(code, true);
  for (const code of codes.reverse()) injector.key(code, false);
};

describe('pointer and keys', () => {
  let observer: XObserver;
  beforeEach(async () => {
    observer = await XObserver.open(server.display);
  });
  afterEach(() => observer.close());

  it('reaches every corner exactly', async () => {
    for (const [xPx, yPx] of [
      [0, 0],
      [1919, 0],
      [1919, 1079],
      [0, 1079],
      [1, 1078],
    ] as const) {
      injector.move(xPx, yPx);
      await injector.settled();
      expect(await observer.pointer()).toMatchObject({ rootX: xPx, rootY: yPx });
    }
  });

  it('clicks five buttons and turns the wheel on both axes', async () => {
    for (const button of ['left', 'middle', 'right', 'back', 'forward'] as const) {
      injector.button(button, true);
      injector.button(button, false);
    }
    injector.scroll(0, -1);
    injector.scroll(0, 2);
    injector.scroll(-1, 1);
    injector.scroll(3, 0);
    const seen = await observer.until(26);
    expect(seen.filter(({ name }) => name === 'ButtonPress').map(({ keycode }) => keycode)).toEqual([
      1, 2, 3, 8, 9, 4, 5, 5, 5, 6, 7, 7, 7,
    ]);
  });

  it('turns the wheel no further at once than its limit', async () => {
    injector.scroll(0, 1000);
    injector.button('left', true);
    injector.button('left', false);
    await injector.settled();
    await observer.sync();
    const turns = observer.seen.filter(({ name, keycode }) => name === 'ButtonPress' && keycode === 5);
    expect(turns).toHaveLength(X11_INJECTOR_LIMITS.maxNotchesAtOnce);
  });

  it('tells left modifiers from right ones', async () => {
    const modifiers: KeyCode[] = [
      'ShiftLeft',
      'ShiftRight',
      'ControlLeft',
      'ControlRight',
      'AltLeft',
      'AltRight',
      'MetaLeft',
      'MetaRight',
    ];
    for (const code of modifiers) tap(code);
    const seen = await observer.until(16);
    expect(seen.filter(({ name }) => name === 'KeyPress').map(({ keycode }) => keycode)).toEqual([
      50, 62, 37, 105, 64, 108, 133, 134,
    ]);
  });

  it('keeps the order of mouse, keys and characters', async () => {
    injector.move(10, 10);
    injector.key('ControlLeft', true);
    injector.button('left', true);
    injector.move(20, 20);
    injector.button('left', false);
    injector.key('ControlLeft', false);
    injector.text(0x6f22);
    injector.move(30, 30);
    injector.button('right', true);
    injector.button('right', false);
    const seen = await observer.until(8);
    expect(seen.map(({ name, x }) => [name, x])).toEqual([
      ['KeyPress', 10],
      ['ButtonPress', 10],
      ['ButtonRelease', 20],
      ['KeyRelease', 20],
      ['KeyPress', 20],
      ['KeyRelease', 20],
      ['ButtonPress', 30],
      ['ButtonRelease', 30],
    ]);
  });

  it('leaves nothing pressed when the gate releases everything', async () => {
    const gate = new InputGate({ injector, clock, localInputFirst: true });
    gate.setSource({ xPx: 0, yPx: 0, widthPx: 1920, heightPx: 1080 });
    gate.admit('viewer', VIEW_AND_CONTROL);
    const held: KeyCode[] = ['ControlLeft', 'ShiftRight', 'KeyA', 'F12'];
    for (const code of held) gate.accept('viewer', { kind: 'key', code, down: true });
    gate.accept('viewer', { kind: 'button', button: 'left', down: true, xPx: 5, yPx: 5 });
    await injector.settled();
    expect(await observer.keysDown()).toEqual(held.map(xKeycode).sort((a, b) => a - b));
    gate.dismiss('viewer');
    await injector.settled();
    expect(await observer.keysDown()).toEqual([]);
    expect(observer.seen.at(-1)).toMatchObject({ name: 'KeyRelease', keycode: xKeycode('ControlLeft') });
    expect(observer.seen.filter(({ name }) => name === 'ButtonRelease')).toHaveLength(1);
  });

  it('drops the repeats of a held key, which the server makes itself', async () => {
    injector.key('F5', true);
    injector.key('F5', true);
    injector.key('F5', true);
    injector.key('F5', false);
    await injector.settled();
    await observer.sync();
    expect(observer.seen.map(({ name }) => name)).toEqual(['KeyPress', 'KeyRelease']);
  });

  it('puts spare keys back', async () => {
    const before = await observer.mapping();
    injector.text(0x6f22);
    await injector.settled();
    expect(await observer.mapping()).not.toEqual(before);
    injector.close();
    const again = await X11Injector.open(server.display, clock);
    await again.settled();
    again.close();
    expect(await observer.mapping()).toEqual(before);
  });
});

describe('local input', () => {
  let observer: XObserver;
  beforeEach(async () => {
    observer = await XObserver.open(server.display);
  });
  afterEach(() => observer.close());

  it('hears the devices of this machine, and never what is injected', async () => {
    let heard = 0;
    const stopWatching = await injector.watchLocalInput(() => {
      heard += 1;
    });
    injector.move(300, 300);
    tap('KeyA');
    injector.button('left', true);
    injector.button('left', false);
    injector.text(0x6f22);
    await injector.settled();
    expect(heard).toBe(0);
    await observer.pressOnDevice('Xvfb keyboard', xKeycode('KeyA'));
    await injector.settled();
    expect(heard).toBeGreaterThan(0);
    heard = 0;
    stopWatching();
    await observer.pressOnDevice('Xvfb keyboard', xKeycode('KeyA'));
    await injector.settled();
    expect(heard).toBe(0);
  });
});

describe('what programs read', () => {
  let folder: string;
  let terminal: ChildProcess;
  let output: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tarnet-x11-'));
    output = path.join(folder, 'typed');
    await run('setxkbmap', ['us']);
  });
  afterEach(async () => {
    if (terminal) await stop(terminal);
    await run('setxkbmap', ['us']);
    await rm(folder, { recursive: true, force: true });
  });

  async function run(command: string, values: string[]): Promise<void> {
    const child = spawn(command, values, { env: server.env, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  }

  /** A terminal under the pointer whose program writes lines to a file. */
  async function openTerminal(): Promise<void> {
    const ready = path.join(folder, 'ready');
    terminal = spawn('xterm', ['-u8', '-geometry', '120x30+0+0', '-e', `echo > ${ready}; cat > ${output}`], {
      env: server.env,
      stdio: 'ignore',
    });
    await expect
      .poll(
        () =>
          readFile(ready).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    injector.move(200, 200);
    await injector.settled();
  }

  const typed = async (): Promise<string> => {
    tap('Enter');
    await expect.poll(() => readFile(output, 'utf8').catch(() => ''), { timeout: 10_000 }).toMatch(/\n$/);
    return (await readFile(output, 'utf8')).trimEnd();
  };

  const type = (text: string) => {
    for (const character of text) injector.text(character.codePointAt(0)!);
  };

  it('gets shifted and plain keys as the layout of this machine has them', async () => {
    await openTerminal();
    tap('KeyH');
    tap('ShiftLeft', 'KeyI');
    tap('ShiftRight', 'Digit1');
    tap('Semicolon');
    expect(await typed()).toBe('hI!;');
  });

  it('gets every character, those included that no key makes', async () => {
    await openTerminal();
    const text = 'aA!1~ãçÃßé€漢字😀ñ“”—Жλ→';
    type(text);
    expect(await typed()).toBe(text);
  });

  it('gets more unusual characters than there are spare keys, in order', async () => {
    await openTerminal();
    const text = Array.from({ length: 40 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    type(text);
    expect(await typed()).toBe(text);
  });

  it('gets characters unchanged while modifiers are held or Caps Lock is on', async () => {
    await openTerminal();
    injector.key('ShiftLeft', true);
    type('ãb1');
    injector.key('ShiftLeft', false);
    injector.key('AltRight', true);
    type('ç');
    injector.key('AltRight', false);
    tap('CapsLock');
    type('aBã');
    tap('KeyX');
    tap('CapsLock');
    tap('KeyX');
    expect(await typed()).toBe('ãb1çaBãXx');
  });

  it('follows the layout: physical keys keep their place, characters keep their meaning', async () => {
    await run('setxkbmap', ['de']);
    await openTerminal();
    tap('KeyY');
    tap('AltRight', 'KeyE');
    type('ßz€@漢');
    await injector.settled();
    await run('setxkbmap', ['br']);
    type('çyß');
    tap('Semicolon');
    expect(await typed()).toBe('z€ßz€@漢çyßç');
  });
});
