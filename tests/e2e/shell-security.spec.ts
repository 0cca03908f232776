// Proves each denial of the shell from where an attacker would stand: inside a page.
import type { Page } from '@playwright/test';
import { expect, test } from './app-fixture.ts';

/**
 * Runs code as the page itself would: what a test evaluates is exempt from the page's policy, and a handler that
 * the page's own event calls is not.
 */
async function asPage<Result>(page: Page, probe: () => Promise<Result> | Result): Promise<Result> {
  return await page.evaluate(probe);
}

test('a page reaches the contract and nothing else', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const reached = await asPage(page, () => {
    const all = window as unknown as Record<string, unknown>;
    const bridge = all.tarnet as Record<string, unknown>;
    return {
      node: ['require', 'process', 'module', 'global', 'Buffer', '__dirname'].filter((name) => name in all),
      bridge: Object.keys(bridge),
      frozen: Object.isFrozen(bridge) || !Reflect.set(bridge, 'role', 'session') || bridge.role === 'home',
      role: bridge.role,
    };
  });
  expect({ ...reached, bridge: new Set(reached.bridge) }).toEqual({
    node: [],
    bridge: new Set(['invoke', 'on', 'role', 'send']),
    frozen: true,
    role: 'home',
  });
});

test('channels of other windows, events and unknown names are refused in the preload', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const refusals = await asPage(page, async () => {
    const { tarnet } = window as unknown as {
      tarnet: {
        invoke(channel: string, payload?: unknown): Promise<unknown>;
        send(channel: string, payload?: unknown): void;
        on(channel: string, listener: () => void): () => void;
      };
    };
    const tries: (() => unknown)[] = [
      () => tarnet.invoke('session.set-view-only', { viewOnly: true }),
      () => tarnet.invoke('ELECTRON_BROWSER_REQUIRE', 'fs'),
      () => tarnet.send('session.input', []),
      () => tarnet.send('app.quit'),
      () => tarnet.on('session.frame', () => undefined),
      () => tarnet.on('app.quit', () => undefined),
      () => tarnet.invoke('__proto__'),
    ];
    const messages: string[] = [];
    for (const attempt of tries) {
      try {
        await attempt();
        messages.push('let through');
      } catch (error) {
        messages.push(String(error));
      }
    }
    return messages;
  });
  expect(refusals).toHaveLength(7);
  for (const message of refusals) expect(message).toContain('no such channel');
});

test('a malformed payload comes back as an error with its field, and harms nobody', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const answers = await asPage(page, async () => {
    const { tarnet } = window as unknown as {
      tarnet: { invoke(channel: string, payload?: unknown): Promise<{ ok: boolean; error?: { field: string } }> };
    };
    const wrong = await tarnet.invoke('settings.update', { theme: 'pink' });
    const right = await tarnet.invoke('app.snapshot');
    return { field: wrong.error?.field, ok: right.ok };
  });
  expect(answers).toEqual({ field: 'theme', ok: true });
});

test('the policy: no code from text, nothing from elsewhere, no sockets', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const violations = await asPage(page, async () => {
    const broken: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => broken.push(effectiveDirective));
    const loaded = window as unknown as Record<string, unknown>;
    const inline = document.createElement('script');
    inline.textContent = 'window.inlineRan = true';
    document.body.append(inline);
    setTimeout('window.textRan = true'); // an evaluation by the test is exempt from the policy; this timer is not
    const remote = document.createElement('script');
    remote.src = 'https://example.invalid/x.js';
    document.body.append(remote);
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
    const image = new Image();
    image.src = 'https://example.invalid/x.png';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.invalid/';
    document.body.append(frame);
    const base = document.createElement('base');
    base.href = 'https://example.invalid/';
    document.head.append(base);
    const outcome = async (attempt: () => unknown) => {
      try {
        await attempt();
        return 'opened';
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      }
    };
    const fetched = await outcome(() => fetch('https://example.invalid/'));
    const socket = await outcome(
      () =>
        new Promise((resolve, reject) => {
          const opened = new WebSocket('ws://127.0.0.1:8000/');
          opened.onopen = resolve;
          opened.onerror = () => reject(new Error('refused'));
        }),
    );
    const worker = await outcome(
      () =>
        new Promise((resolve, reject) => {
          const started = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
          started.onmessage = resolve;
          started.onerror = () => reject(new Error('refused'));
        }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    base.remove();
    return {
      broken,
      ran: ['inlineRan', 'textRan'].filter((name) => name in loaded),
      fetched,
      socket,
      worker,
      red: getComputedStyle(document.body).color === 'rgb(255, 0, 0)',
      isolated: crossOriginIsolated,
      secure: isSecureContext,
    };
  });
  expect({ ...violations, broken: new Set(violations.broken) }).toEqual({
    broken: new Set([
      'base-uri',
      'connect-src',
      'frame-src',
      'img-src',
      'script-src',
      'script-src-elem',
      'style-src-elem',
      'worker-src',
    ]),
    ran: [],
    fetched: 'TypeError',
    socket: 'Error',
    worker: 'SecurityError',
    red: false,
    isolated: true,
    secure: true,
  });
});

test('our own page breaks no rule of the policy, and reports no error', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  const page = await windowOf('home');
  const said = await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const lines: string[] = [];
    // level 3 is an error; violations of the policy are errors too
    contents?.on('console-message', (...given) => {
      const [, level, message] = given as unknown as [unknown, number, string];
      if (level >= 3) lines.push(message);
    });
    const loaded = new Promise((resolve) => contents?.once('did-finish-load', () => resolve(null)));
    contents?.reload();
    await loaded;
    return lines;
  });
  await expect(page.locator('#root')).toHaveText(/\w/);
  expect(said).toEqual([]);
});

test('files outside of the pages, and other hosts of the scheme, are not there', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const statuses = await asPage(page, () =>
    Promise.all(
      [
        'app://tarnet/..%2f..%2fpackage.json',
        'app://tarnet/%2e%2e/electron/main.js',
        'app://tarnet//etc/passwd',
        'app://tarnet/none.js',
        'app://tarnet/%',
      ].map((url) =>
        fetch(url).then(
          (answer) => answer.status,
          () => 0,
        ),
      ),
    ),
  );
  expect(statuses).toEqual([404, 404, 404, 404, 404]);
  expect(
    await asPage(page, () =>
      fetch('app://other/index.html').then(
        () => 'answered',
        () => 'refused',
      ),
    ),
  ).toBe('refused');
  expect(await asPage(page, () => fetch('app://tarnet/', { method: 'POST' }).then((answer) => answer.status))).toBe(
    404,
  );
});

test('the window stays on its page and opens no other', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  // whatever would leave the app is recorded instead of handed to the system
  await app.evaluate(({ shell }) => {
    const left: string[] = [];
    Object.assign(globalThis, { left });
    shell.openExternal = (url) => {
      left.push(url);
      return Promise.resolve();
    };
  });
  const page = await windowOf('home');
  const before = page.url();
  const opened = await asPage(page, () =>
    ['https://example.invalid/a', 'file:///etc/passwd', 'app://tarnet/index.html?view=sign', 'about:blank'].map(
      (url) => window.open(url) !== null,
    ),
  );
  expect(opened).toEqual([false, false, false, false]);
  for (const url of [
    'https://example.invalid/',
    'app://tarnet/index.html?view=session',
    'file:///etc/passwd',
    'data:text/html,x',
  ])
    await asPage(page, new Function(`location.href = ${JSON.stringify(url)}`) as () => void);
  await asPage(page, () => {
    const form = document.createElement('form');
    form.action = 'https://example.invalid/';
    document.body.append(form);
    form.submit();
  });
  // a round trip through the main process: every navigation that was to start has been decided by then
  await page.evaluate(() =>
    (window as unknown as { tarnet: { invoke(name: string): Promise<unknown> } }).tarnet.invoke('app.snapshot'),
  );
  expect(page.url()).toBe(before);
  expect(app.windows().filter((open) => open.url().startsWith('app://tarnet/index.html'))).toHaveLength(1);
  expect(await app.evaluate(() => (globalThis as unknown as { left: string[] }).left)).toEqual([
    'https://example.invalid/a',
  ]);
});

test('permissions that no part needs are refused', async ({ launch }) => {
  const page = await (await launch()).window('home');
  const states = await asPage(page, async () => {
    const names = ['geolocation', 'notifications', 'midi', 'clipboard-read', 'camera', 'microphone'] as const;
    const answers = names.map((name) =>
      navigator.permissions.query({ name: name as PermissionName }).then(({ state }) => `${name} ${state}`),
    );
    const devices = navigator as unknown as Record<
      string,
      { requestDevice?(o: unknown): Promise<unknown> } | undefined
    >;
    const device = async (name: string) => {
      try {
        await devices[name]?.requestDevice?.({ filters: [], acceptAllDevices: true });
        return `${name} granted`;
      } catch {
        return `${name} denied`;
      }
    };
    return [...(await Promise.all(answers)), await device('usb'), await device('hid')];
  });
  for (const name of ['geolocation', 'notifications', 'midi', 'clipboard-read', 'usb'])
    expect(states).toContain(`${name} denied`);
});

test('downloads and webviews do not happen', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  const page = await windowOf('home');
  await app.evaluate(({ session }) => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    session.defaultSession.on('will-download', (event) => seen.push(event.defaultPrevented ? 'prevented' : 'begun'));
  });
  await asPage(page, () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['x']));
    link.download = 'x.txt';
    link.click();
    document.body.append(document.createElement('webview'));
  });
  await expect
    .poll(() => app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen))
    .toEqual(['prevented']);
  expect(await asPage(page, () => document.querySelector('webview')?.shadowRoot ?? null)).toBe(null);
});

test('every window is sandboxed and isolated', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  await windowOf('home');
  const preferences = await app.evaluate(({ webContents }) => {
    // Electron has this method and does not document it
    type Asked = { getLastWebPreferences(): Record<string, unknown> };
    return webContents.getAllWebContents().map((contents) => {
      const all = (contents as unknown as Asked).getLastWebPreferences();
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = all;
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    });
  });
  expect(preferences.length).toBeGreaterThan(0);
  for (const each of preferences)
    expect(each).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
});
