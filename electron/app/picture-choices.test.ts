import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { PICTURE_CHOICE_LIMITS, PictureChoices } from './picture-choices.ts';

const SHARP = { mode: 'sharp', maxFramesPerSecond: 15, greyscale: true } as const;
const SMOOTH = { mode: 'smooth', maxFramesPerSecond: null, greyscale: false } as const;

describe('PictureChoices', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tarnet-choices-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const file = () => path.join(folder, 'picture-choices.json');
  const open = async () => {
    const choices = new PictureChoices(folder, new FakeClock(), silentLog);
    return { choices, setAside: await choices.load() };
  };
  const written = async () => JSON.parse(await readFile(file(), 'utf8').catch(() => 'null'));

  it('remembers each host by itself, also over a new start', async () => {
    const { choices } = await open();
    expect(choices.of('desk')).toBeNull();
    choices.remember('desk', SMOOTH);
    choices.remember('10.0.0.2:9000', SMOOTH);
    choices.remember('desk', SHARP);
    await expect.poll(written).toHaveLength(2);
    await expect.poll(async () => (await written())[1]).toEqual({ place: 'desk', preferences: SHARP });
    const again = await open();
    expect(again.choices.of('desk')).toEqual(SHARP);
    expect(again.choices.of('10.0.0.2:9000')).toEqual(SMOOTH);
    expect(again.setAside).toBeNull();
  });

  it('forgets the oldest choice beyond its limit', async () => {
    const { choices } = await open();
    for (let host = 0; host <= PICTURE_CHOICE_LIMITS.maxHosts; host++) choices.remember(`host-${host}`, SHARP);
    expect(choices.of('host-0')).toBeNull();
    expect(choices.of('host-1')).toEqual(SHARP);
    await expect.poll(written).toHaveLength(PICTURE_CHOICE_LIMITS.maxHosts);
  });

  it.each(['{', '[{"place":"desk"}]', '[{"place":"","preferences":{"mode":"best"}}]'])(
    'sets %s aside',
    async (contents) => {
      await writeFile(file(), contents);
      const { choices, setAside } = await open();
      expect(choices.of('desk')).toBeNull();
      expect(setAside).toMatch(/picture-choices\.corrupt-/);
      expect(await readdir(folder)).toEqual([path.basename(setAside ?? '')]);
    },
  );
});
