// A computer in another network, by its nine digits: a relay of its own, one that shares, one that watches.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { XScreen } from '../displays/x-screen.ts';
import { RelayProcess } from '../processes/relay-process.ts';
import { expect, test } from './app-fixture.ts';
import {
  answerConsent,
  enterCode,
  freePort,
  HOST_SIZE,
  openAddress,
  readCode,
  seePatch,
  shareScreen,
  showPatch,
  stateOf,
} from './machines.ts';
import { text, within } from './ui-texts.ts';

const TOKEN = 'token-of-this-relay-0123456789';
const SOON = { timeout: 20_000, intervals: [100] };

test('one shares through a relay, the other reaches it by its ID, and both find back after the relay was away', async ({
  launch,
}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-relay-'));
  const tokens = path.join(folder, 'tokens');
  writeFileSync(tokens, `${TOKEN}\n`);
  const relayPort = await freePort();
  const startRelay = () =>
    new RelayProcess([
      `--port=${relayPort}`,
      '--bind=127.0.0.1',
      `--host-token-file=${tokens}`,
      `--viewer-token-file=${tokens}`,
    ]);
  let relay = startRelay();
  try {
    await relay.port();
    const start = async () => launch({ size: HOST_SIZE, args: [`--relay-port=${await freePort()}`, '--no-discovery'] });
    const [a, b] = [await start(), await start()];
    const [homeA, homeB] = [await a.window('home'), await b.window('home')];

    // both are told of the relay, in their settings
    for (const home of [homeA, homeB]) {
      await home.getByRole('button', { name: text('nav.settings') }).click();
      await home.getByRole('textbox', { name: text('settings.relays.address') }).fill(`ws://127.0.0.1:${relayPort}`);
      await home.getByLabel(text('settings.relays.token')).fill(TOKEN);
      await home.getByRole('button', { name: text('settings.relays.add') }).click();
      await expect(home.locator('.settings')).toContainText(within('settings.relays.with-token'));
      await home.getByRole('button', { name: text('nav.computers') }).click();
    }

    // A shares; its panel says that the relay knows it
    await shareScreen(homeA);
    const online = async () => (await stateOf(homeA)).share.relays.map((one) => one.online);
    await expect.poll(online, SOON).toEqual([true]);
    await expect(homeA.getByText(text('host.relays.title'))).toBeVisible();
    const { hostId } = (await stateOf(homeA)).share;

    // B types the ID, A lets it in, B sees A's screen
    await openAddress(homeB, `${hostId.slice(0, 3)} ${hostId.slice(3, 6)} ${hostId.slice(6)}`);
    await enterCode(homeB, await readCode(homeA));
    await answerConsent(a, 'control');
    await b.window('session');
    const screenA = await XScreen.connect(a.display);
    const screenB = await XScreen.connect(b.display);
    await showPatch(screenA);
    await seePatch(screenB);
    expect((await stateOf(homeB)).connections).toMatchObject([{ address: hostId, phase: 'active' }]);
    expect((await stateOf(homeA)).share.viewers).toMatchObject([{ address: `127.0.0.1 (127.0.0.1:${relayPort})` }]);

    // the relay goes and comes back: so do both, and nobody is asked again
    await relay.stop();
    await expect.poll(online, SOON).toEqual([false]);
    relay = startRelay();
    await expect.poll(online, SOON).toEqual([true]);
    await expect.poll(async () => (await stateOf(homeB)).connections[0]?.phase, SOON).toBe('active');

    // it is among B's computers, and its state there is asked of the relay
    const listed = async () =>
      (await stateOf(homeB)).hosts.map(({ address, origins, state }) => ({ address, origins, state }));
    expect(await listed()).toEqual([{ address: hostId, origins: ['relay', 'recent'], state: 'online' }]);
    await homeA.getByRole('switch', { name: text('host.share') }).click();
    await expect.poll(async () => (await stateOf(homeA)).share.phase, SOON).toBe('off');
    await homeB.getByRole('button', { name: text('home.rescan') }).click();
    await expect.poll(listed, SOON).toEqual([{ address: hostId, origins: ['relay', 'recent'], state: 'offline' }]);
    expect(relay.stdout + relay.stderr).not.toContain(TOKEN);
  } finally {
    await relay.stop();
    rmSync(folder, { recursive: true });
  }
});
