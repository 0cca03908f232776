import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, SETTINGS_LIMITS } from '../../shared/model/settings.ts';
import { JSON_FILE_LIMITS, JsonFile } from './json-file.ts';
import { SettingsFile } from './settings-file.ts';
import { systemClock } from './system-clock.ts';

let folder = '';
let file = '';
const clock = { ...systemClock, nowMs: () => Date.UTC(2026, 10, 21, 12, 30, 5) };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-settings-'));
  file = path.join(folder, 'settings.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function opened() {
  const settings = new SettingsFile(folder, clock);
  const { setAside } = await settings.load();
  return { settings, setAside };
}

test('without a file the defaults hold, and nothing is written', async () => {
  const { settings, setAside } = await opened();
  expect(settings.value).toEqual(DEFAULT_SETTINGS);
  expect(setAside).toBe(null);
  expect(await readdir(folder)).toEqual([]);
});

test('a change is told, written, and there at the next start', async () => {
  const { settings } = await opened();
  const told: string[] = [];
  settings.onChange((value) => told.push(value.theme));
  await settings.update({ theme: 'dark' });
  await settings.update({ relayPort: 8123, theme: undefined });
  expect(told).toEqual(['dark', 'dark']);
  const again = await opened();
  expect(again.settings.value).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', relayPort: 8123 });
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0);
});

test.each([
  ['a value out of bounds', { relayPort: 70_000 }, 'relayPort'],
  ['a value of another kind', { theme: 'pink' }, 'theme'],
  ['a name that does not exist', { them: 'dark' }, 'them'],
  ['no object', null, 'settings'],
])('%s is refused by name and changes nothing', async (_name, patch, field) => {
  const { settings } = await opened();
  await expect(settings.update(patch)).rejects.toMatchObject({ reason: 'malformed', field });
  expect(settings.value).toEqual(DEFAULT_SETTINGS);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['no JSON', '{"theme": "da'],
  ['JSON of another shape', '{"relayPort": "many"}'],
  ['empty', ''],
  ['too large', `{"displayName": "${'x'.repeat(JSON_FILE_LIMITS.sizeBytes)}"}`],
])('a file that is %s is set aside, never lost', async (_name, text) => {
  await writeFile(file, text);
  const { settings, setAside } = await opened();
  expect(settings.value).toEqual(DEFAULT_SETTINGS);
  expect(setAside).toBe(path.join(folder, 'settings.corrupt-2026-11-21T12-30-05-000Z.json'));
  expect(await readFile(String(setAside), 'utf8')).toBe(text);
  expect(await readdir(folder)).toHaveLength(1);
});

test('a setting of a later version is ignored, one that is missing has its default', async () => {
  await writeFile(file, '{"theme":"light","fromTheFuture":1}');
  expect((await opened()).settings.value).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
});

test('relays are kept in their one form, each once and not too many', async () => {
  const { settings } = await opened();
  const relay = (name: string, token = '') => ({ url: `wss://${name}/`, token });
  await settings.update({ relays: [relay('relay.example', 'a-token'), relay('other.example:8443')] });
  expect((await opened()).settings.value.relays).toEqual([
    { url: 'wss://relay.example/', token: 'a-token' },
    { url: 'wss://other.example:8443/', token: '' },
  ]);
  for (const relays of [
    [{ url: 'relay.example', token: '' }],
    [{ url: 'https://relay.example/', token: '' }],
    [relay('a', 'two words')],
    [relay('a'), relay('a', 'x')],
    Array.from({ length: SETTINGS_LIMITS.maxRelays + 1 }, (_, index) => relay(`relay-${index}`)),
  ])
    await expect(settings.update({ relays })).rejects.toMatchObject({ reason: 'malformed' });
  expect(settings.value.relays).toHaveLength(2);
});

describe('a JSON file in general', () => {
  const schema = v.object({ n: v.number() });

  test('writes that overtake each other leave the last value', async () => {
    const json = new JsonFile({ file: path.join(folder, 'deep', 'n.json'), schema, clock });
    await Promise.all(Array.from({ length: 50 }, (_, n) => json.write({ n })));
    expect((await json.read()).value).toEqual({ n: 49 });
    expect(await readdir(path.join(folder, 'deep'))).toEqual(['n.json']);
  });

  test('a write that fails is told, and the next one works', async () => {
    const blocked = path.join(folder, 'blocked');
    await writeFile(blocked, '');
    const json = new JsonFile({ file: path.join(blocked, 'n.json'), schema, clock });
    await expect(json.write({ n: 1 })).rejects.toThrow();
    await rm(blocked);
    await json.write({ n: 2 });
    expect((await json.read()).value).toEqual({ n: 2 });
  });

  test('what cannot be read for other reasons is no empty file', async () => {
    await mkdir(path.join(folder, 'n.json'));
    const json = new JsonFile({ file: path.join(folder, 'n.json'), schema, clock });
    await expect(json.read()).rejects.toMatchObject({ reason: 'internal' });
  });
});
