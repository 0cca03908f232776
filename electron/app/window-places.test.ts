import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { WindowPlaces } from './window-places.ts';

const place = (x: number) => ({ bounds: { x, y: 0, width: 800, height: 600 }, maximized: false });
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-places-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function loaded() {
  const places = new WindowPlaces(folder, new FakeClock(), silentLog);
  await places.load();
  return places;
}

test('many moves make one write, and the next start knows the last place', async () => {
  const clock = new FakeClock();
  const places = new WindowPlaces(folder, clock, silentLog);
  for (let x = 0; x < 100; x += 1) places.set('home', place(x));
  expect(clock.pending).toBe(1);
  expect(await readdir(folder)).toEqual([]);
  await places.flush();
  expect(clock.pending).toBe(0);
  const again = await loaded();
  expect(again.get('home')).toEqual(place(99));
  expect(again.get('session')).toBe(null);
});

test('nothing moved, nothing written', async () => {
  await (await loaded()).flush();
  expect(await readdir(folder)).toEqual([]);
});

test('a broken file costs the places and nothing else', async () => {
  await writeFile(path.join(folder, 'windows.json'), '{"home": {"bounds": {"x": 1e9}}}');
  const places = await loaded();
  expect(places.get('home')).toBe(null);
  places.set('home', place(1));
  await places.flush();
  expect(JSON.parse(await readFile(path.join(folder, 'windows.json'), 'utf8'))).toEqual({ home: place(1) });
});
