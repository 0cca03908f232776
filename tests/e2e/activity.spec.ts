// The activity log as its users meet it: what happened is there on both sides, can be searched, checked and taken along,
// and the command line says whether somebody has changed it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { electronRuntime } from '../../scripts/electron-runtime.mjs';
import type { ActivityEntry } from '../../shared/model/activity.ts';
import { expect, ROOT_FLAGS, test } from './app-fixture.ts';
import { startSharingHost, startViewer, stateOf } from './machines.ts';
import { text, within } from './ui-texts.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

async function verify(userDataDir: string) {
  const { exe } = await electronRuntime();
  const args = [...ROOT_FLAGS, ROOT, '--verify-activity-log', `--user-data-dir=${userDataDir}`];
  // without a display: a script that checks logs has none
  const { DISPLAY: _display, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(exe, args, { env, encoding: 'utf8', timeout: 30_000 });
  return { status, said: stdout + stderr };
}

const openActivity = (home: Page) => home.getByRole('button', { name: text('nav.activity') }).click();

test('a session is in both logs, found, exported and checked; a changed entry shows', async ({ launch }) => {
  const host = await startSharingHost(launch, 'view', { hidden: false });
  const home = await host.window('home');
  await expect.poll(async () => (await stateOf(home)).share.phase).toBe('on');
  const viewer = await startViewer(launch, host, { fullscreen: false });
  const session = await viewer.window('session');
  const [{ name } = { name: '' }] = (await stateOf(home)).share.viewers;
  await session.close();

  // here
  await openActivity(home);
  await expect(home.getByText(text('activity.kind.viewer-left', { name }))).toBeVisible();
  await expect(home.getByText(text('activity.kind.viewer-joined', { name }))).toBeVisible();
  await home.getByRole('searchbox', { name: text('activity.search') }).fill('viewer-joined password');
  await expect(home.getByText(text('activity.kind.viewer-left', { name }))).toBeHidden();
  await home.getByText(text('activity.kind.viewer-joined', { name })).click();
  await expect(home.getByText(text('may.view'))).toBeVisible();
  await home.getByRole('button', { name: text('activity.check') }).click();
  await expect(home.getByRole('alert').getByText(text('activity.whole.title'))).toBeVisible();

  // taken along
  const exported = path.join(host.userDataDir, 'exported.json');
  await host.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, exported);
  await home.getByRole('button', { name: text('activity.export') }).click();
  await home.getByRole('menuitem', { name: text('activity.export-json') }).click();
  await expect(home.getByText(text('activity.exported'))).toBeVisible();
  const entries = JSON.parse(readFileSync(exported, 'utf8')) as ActivityEntry[];
  expect(entries).toMatchObject([{ kind: 'viewer-joined', name, authentication: 'password', permissions: ['view'] }]);

  // there
  const there = readFileSync(path.join(viewer.userDataDir, 'activity/activity.jsonl'), 'utf8');
  expect(there).toContain('"kind":"session-started"');
  await expect
    .poll(() => readFileSync(path.join(viewer.userDataDir, 'activity/activity.jsonl'), 'utf8'))
    .toContain('"kind":"session-ended"');

  // the command line, while the app runs; then somebody changes one letter
  expect(await verify(host.userDataDir)).toMatchObject({ status: 0, said: expect.stringContaining('whole') });
  const log = path.join(host.userDataDir, 'activity/activity.jsonl');
  writeFileSync(log, readFileSync(log, 'utf8').replace('viewer-left', 'viewer-lost'));
  expect(await verify(host.userDataDir)).toMatchObject({ status: 1, said: expect.stringContaining('FAULT') });
  await home.getByRole('button', { name: text('activity.check') }).click();
  await expect(home.getByRole('alert').getByText(within('activity.broken.title'))).toBeVisible();
});
