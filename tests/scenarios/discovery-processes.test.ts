// Two apps on one machine with nothing but loopback: two real processes share the UDP port and find each other.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tarnet-discovery-'));
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL('./discovery-process.ts', import.meta.url)),
      outDir: folder,
      rolldownOptions: { output: { entryFileNames: 'process.mjs' } },
    },
  });
});
afterAll(async () => {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
});

/** A process, and a promise of the next thing that it says and that fits. */
async function start() {
  const child = fork(path.join(folder, 'process.mjs'));
  children.push(child);
  const heard: unknown[] = [];
  child.on('message', (message) => heard.push(message));
  const says = async (expected: object) => {
    for (;;) {
      const found = heard.find((message) => {
        try {
          expect(message).toMatchObject(expected);
          return true;
        } catch {
          return false;
        }
      });
      if (found) return found;
      await once(child, 'message');
    }
  };
  await says({ ready: true });
  return { child, says };
}

describe('two apps on one machine', () => {
  it('find each other, whichever was there first, and notice who stops', async () => {
    const first = await start();
    const second = await start();
    first.child.send(18_101);
    second.child.send(18_102);
    await second.says({ port: 18_101, leaving: false, name: `process ${first.child.pid}` });
    await first.says({ port: 18_102, leaving: false, name: `process ${second.child.pid}` });
    const late = await start();
    await late.says({ port: 18_101, leaving: false });
    await late.says({ port: 18_102, leaving: false });
    first.child.send('stop');
    await second.says({ port: 18_101, leaving: true });
    await late.says({ port: 18_101, leaving: true });
  });
});
