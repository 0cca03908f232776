// The scripted way in: share, list and connect by command line, and no secret where others could read it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { electronRuntime } from '../../scripts/electron-runtime.mjs';
import { visibleArguments } from '../processes/process-tree.ts';
import { expect, ROOT_FLAGS, test } from './app-fixture.ts';
import {
  freePort,
  HOST_SIZE,
  ON_LOOPBACK,
  secretFile,
  seePatch,
  showPatch,
  startSharingHost,
  startViewer,
  untilOpen,
} from './machines.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

function logsOf(userDataDir: string): string {
  const folder = path.join(userDataDir, 'logs');
  return readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}

test('one start shares, one connects, one pixel to one pixel, and the secret shows nowhere', async ({ launch }) => {
  const host = await startSharingHost(launch);
  await showPatch(host.screen);
  const viewer = await startViewer(launch, host);
  const map = await seePatch(viewer.screen);
  expect(map.scale).toBe(1);
  expect(map.toViewer(300, 200)).toEqual({ x: 300, y: 200 });
  for (const { app, userDataDir } of [host, viewer]) {
    expect(visibleArguments(app.process().pid ?? 0)).toContain('secret-file');
    expect(visibleArguments(app.process().pid ?? 0)).not.toContain(host.secret);
    expect(logsOf(userDataDir)).toContain('start');
    expect(logsOf(userDataDir)).not.toContain(host.secret);
  }
});

test('--list prints the hosts that share, as JSON', async ({ launch }) => {
  const port = await freePort();
  const { file } = secretFile();
  const { display } = await launch({
    size: HOST_SIZE,
    env: ON_LOOPBACK,
    args: ['--share', '--accept=view', `--secret-file=${file}`, `--relay-port=${port}`, '--hidden'],
  });
  await untilOpen(port);
  const { exe } = await electronRuntime();
  const { status, stdout } = spawnSync(
    exe,
    [...ROOT_FLAGS, ROOT, '--list', `--user-data-dir=${path.dirname(file)}/data`],
    {
      env: { ...process.env, ...ON_LOOPBACK, DISPLAY: display },
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  expect(status).toBe(0);
  const hosts: unknown = JSON.parse(stdout);
  expect(hosts).toContainEqual(expect.objectContaining({ address: expect.stringMatching(new RegExp(`:${port}$`)) }));
});

test('a wrong secret ends with its reason on standard error', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const { file } = secretFile('not the secret of that host');
  const { exe } = await electronRuntime();
  const args = [...ROOT_FLAGS, ROOT, `--connect=127.0.0.1:${host.port}`, `--secret-file=${file}`, '--fullscreen'];
  const { status, stderr } = spawnSync(exe, [...args, '--no-discovery', `--user-data-dir=${path.dirname(file)}/data`], {
    env: { ...process.env, DISPLAY: host.display },
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(status).toBe(1);
  expect(stderr).toContain('wrong-password');
  expect(stderr).not.toContain('not the secret');
});
