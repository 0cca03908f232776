import { describe, expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import type { ConnectPrompt } from '../../shared/ipc/state.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { placeInLink, promptFor, registerLinks } from './deep-links.ts';
import en from './locales/en.json' with { type: 'json' };
import ptBr from './locales/pt-BR.json' with { type: 'json' };
import { menuTemplate } from './menu-template.ts';
import { QUIT_LIMITS, QuitSequence } from './quit-sequence.ts';
import { contentSecurityPolicy, fileInside, isExternalLink } from './shell-policy.ts';
import { shellTexts } from './shell-texts.ts';
import { type HandedOver, parseHandedOver, takeProfile } from './single-instance.ts';
import { StopShortcut } from './stop-shortcut.ts';
import { trayContents } from './tray-contents.ts';
import { WindowRegistry } from './window-registry.ts';

describe('links', () => {
  test('an address comes out, or nothing at all', () => {
    expect(placeInLink('tarnet://desk:9000/')).toEqual({ kind: 'address', host: 'desk', port: 9000 });
    expect(placeInLink('tarnet://123456789')).toEqual({ kind: 'id', id: '123456789' });
    for (const link of ['https://desk', 'tarnet:desk', 'tarnet://', 'tarnet://a/../b', 'tarnet://u@h', 7, null, ''])
      expect(placeInLink(link)).toBe(null);
    expect(placeInLink(`tarnet://${'x'.repeat(100_000)}`)).toBe(null);
  });

  test('the same link twice fills in the dialog twice', () => {
    const prompts: ConnectPrompt[] = [1, 2].map(() => promptFor({ kind: 'address', host: 'desk', port: 8000 }));
    expect(prompts.map(({ address }) => address)).toEqual(['desk', 'desk']);
    expect(prompts[0]?.id).not.toBe(prompts[1]?.id);
  });

  test('the scheme is registered once', () => {
    const asked: string[] = [];
    const client = (registered: boolean) => ({
      isDefaultProtocolClient: () => registered,
      setAsDefaultProtocolClient: (scheme: string) => asked.push(scheme) > 0,
    });
    expect([registerLinks(client(true)), registerLinks(client(false))]).toEqual([true, true]);
    expect(asked).toEqual(['tarnet']);
  });
});

describe('one app per profile', () => {
  function lockThat(isFree: boolean) {
    let heard: ((event: unknown, argv: string[], folder: string, handedOver: unknown) => void) | null = null;
    const handed: HandedOver[] = [];
    return {
      handed,
      second: (handedOver: unknown) => heard?.({}, ['electron', '--ignored'], '/elsewhere', handedOver),
      lock: {
        requestSingleInstanceLock: (handedOver: HandedOver) => handed.push(handedOver) > 0 && isFree,
        on: (_event: 'second-instance', listener: NonNullable<typeof heard>) => {
          heard = listener;
        },
      },
    };
  }
  const mine = { args: ['--hidden'], workingFolder: '/work' };

  test('the second hands over what it was asked for, and learns that it has to end', () => {
    const { lock, handed, second } = lockThat(false);
    expect(
      takeProfile(
        lock,
        mine,
        () => undefined,
        () => silentLog,
      ),
    ).toBe(false);
    expect(handed).toEqual([mine]);
    expect(second(mine)).toBe(undefined);
  });

  test('the first gets it parsed, relative names seen from where the second was started', () => {
    const { lock, second } = lockThat(true);
    const secrets: (string | null | undefined)[] = [];
    takeProfile(
      lock,
      mine,
      (request) => secrets.push(request.share?.secretFile),
      () => silentLog,
    );
    second({ args: ['--share', '--secret-file=s'], workingFolder: '/home/ana' });
    expect(secrets).toEqual(['/home/ana/s']);
  });

  test.each([
    [{}],
    [null],
    [{ args: '--share', workingFolder: '/' }],
    [{ args: ['--nonsense'], workingFolder: '/' }],
    [{ args: Array(1000).fill('x'), workingFolder: '/' }],
    [{ args: [], workingFolder: '/', more: 1 }],
  ])('what cannot be understood is left: %j', (handedOver) => {
    expect(parseHandedOver(handedOver)).toBe(null);
  });
});

describe('the shortcut that stops sharing', () => {
  function shortcut(takes: (accelerator: string) => boolean) {
    const held = new Set<string>();
    const taken: string[] = [];
    let pressed = 0;
    let press: () => void = () => undefined;
    const subject = new StopShortcut({
      shortcuts: {
        register: (accelerator, callback) => {
          if (!takes(accelerator)) return false;
          held.add(accelerator);
          press = callback;
          return true;
        },
        unregister: (accelerator) => held.delete(accelerator),
      },
      onPressed: () => {
        pressed += 1;
      },
      onTaken: (accelerator) => taken.push(accelerator),
    });
    return { subject, held, taken, press: () => press(), pressed: () => pressed };
  }

  test('it is held while sharing only, and follows the setting', () => {
    const { subject, held, press, pressed } = shortcut(() => true);
    subject.update('A', false);
    expect([...held]).toEqual([]);
    subject.update('A', true);
    press();
    expect(pressed()).toBe(1);
    subject.update('B', true);
    expect([...held]).toEqual(['B']);
    subject.update('', true);
    expect([...held]).toEqual([]);
    subject.update('B', true);
    subject.update('B', false);
    expect([...held]).toEqual([]);
  });

  test('one that is taken, or none at all, is told once per sharing', () => {
    const { subject, taken } = shortcut((accelerator) => {
      if (accelerator === 'nonsense') throw new TypeError('conversion failure');
      return false;
    });
    subject.update('A', true);
    subject.update('A', true);
    subject.update('nonsense', true);
    subject.update('nonsense', false);
    subject.update('nonsense', true);
    expect(taken).toEqual(['A', 'nonsense', 'nonsense']);
  });
});

describe('the end', () => {
  test('hooks run in order, one that fails does not stop the others', async () => {
    const clock = new FakeClock();
    const quit = new QuitSequence(clock, silentLog);
    const done: string[] = [];
    quit.add('a', async () => {
      await Promise.resolve();
      done.push('a');
    });
    quit.add('b', () => {
      throw new Error('broken');
    });
    quit.add('c', () => void done.push('c'));
    expect(quit.ended).toBe(false);
    await Promise.all([quit.run(), quit.run()]);
    expect(done).toEqual(['a', 'c']);
    expect(quit.ended).toBe(true);
  });

  test('a hook that hangs is given up', async () => {
    const clock = new FakeClock();
    const quit = new QuitSequence(clock, silentLog);
    quit.add('never', () => new Promise<void>(() => undefined));
    const ended = quit.run();
    clock.advance(QUIT_LIMITS.timeoutMs);
    await ended;
    expect(quit.ended).toBe(true);
  });
});

describe('what the shell shows by itself', () => {
  test('both languages have every text, and none is empty', () => {
    expect(Object.keys(ptBr)).toEqual(Object.keys(en));
    for (const text of [...Object.values(en), ...Object.values(ptBr)]) expect(text.trim()).not.toBe('');
    expect(shellTexts('pt-BR').quit).toBe(ptBr.quit);
  });

  test('the tray offers what can be done now', () => {
    const said: string[] = [];
    const actions = {
      open: () => said.push('open'),
      setSharing: (on: boolean) => said.push(`share ${on}`),
      quit: () => said.push('quit'),
    };
    const labels = (phase: 'off' | 'on' | 'stopping', watched = false) => {
      const { tooltip, items } = trayContents({ phase, watched, unencrypted: false }, en, actions);
      return [tooltip, items[1]?.label, items[1]?.enabled, items.length];
    };
    expect(labels('off')).toEqual([en.tooltipIdle, en.startSharing, true, 4]);
    expect(labels('on')).toEqual([en.tooltipSharing, en.stopSharing, true, 4]);
    expect(labels('on', true)[0]).toBe(en.tooltipWatched);
    expect(labels('stopping')[2]).toBe(false);
    const { tooltip, items } = trayContents({ phase: 'on', watched: false, unencrypted: true }, en, actions);
    expect(tooltip).toBe(`${en.tooltipSharing}\n${en.unencrypted}`);
    expect(items[0]).toEqual({ label: en.unencrypted, enabled: false });
  });

  test('no menu takes keys from the remote machine, except where the system wants one', () => {
    expect(menuTemplate('linux', false, en)).toBe(null);
    expect(menuTemplate('win32', false, en)).toBe(null);
    expect(menuTemplate('linux', true, en)).toHaveLength(1);
    expect(menuTemplate('darwin', false, en)?.[0]).toEqual({ role: 'appMenu' });
  });
});

describe('the walls', () => {
  test('pages open no sockets and run no code from text', () => {
    const policy = contentSecurityPolicy(undefined);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).toContain("connect-src 'self';");
    for (const word of ['unsafe', 'ws:', 'http', '*']) expect(policy).not.toContain(word);
  });

  test('developing opens the way to that one server only', () => {
    expect(contentSecurityPolicy('http://127.0.0.1:5199/')).toContain(
      "connect-src 'self' ws://127.0.0.1:5199 http://127.0.0.1:5199;",
    );
  });

  test('files outside of the folder are not there', () => {
    expect(fileInside('/app', '/')).toBe('/app/index.html');
    expect(fileInside('/app', '/assets/a%20b.js')).toBe('/app/assets/a b.js');
    expect(fileInside('/app', '/a/../b.js')).toBe('/app/b.js');
    for (const path of ['/..%2fsecret', '/../secret', '/%2e%2e/secret', '/a%00.js', '/%', '/.', '/%2e'])
      expect(fileInside('/app', path)).toBe(null);
  });

  test('only https links leave', () => {
    expect(isExternalLink('https://example.org/a')).toBe(true);
    for (const url of ['http://example.org', 'file:///etc/passwd', 'javascript:1', 'smb://x', 'https://', 'x'])
      expect(isExternalLink(url)).toBe(false);
    expect(isExternalLink(`https://example.org/${'x'.repeat(3000)}`)).toBe(false);
  });
});

test('a window is known until it is destroyed, and never written to after that', () => {
  const registry = new WindowRegistry();
  const sent: unknown[] = [];
  let destroyed = false;
  let onDestroyed: () => void = () => undefined;
  registry.add(
    {
      id: 7,
      send: (channel, payload) => sent.push([channel, payload]),
      isDestroyed: () => destroyed,
      once: (_event, listener) => {
        onDestroyed = listener;
      },
    },
    'session',
    'c1',
  );
  const target = registry.find(7);
  expect(target).toMatchObject({ role: 'session', connectionId: 'c1', webContentsId: 7 });
  target?.send('a', 1);
  destroyed = true;
  target?.send('a', 2);
  expect(sent).toEqual([['a', 1]]);
  onDestroyed();
  expect(registry.find(7)).toBe(null);
  expect([...registry.all()]).toEqual([]);
});
