// Owns which router a scenario's relay has: its own memory, or a Redis that the scenarios of one file share.
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { DirectoryRouter } from '../../electron/relay/directory/directory-router.ts';
import { RedisDirectory } from '../../electron/relay/directory/redis-directory.ts';
import type { RelayOptions } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';
import { RedisServer } from '../processes/redis-server.ts';

let redis: Promise<RedisServer> | null = null;

/** What `startRelay` needs for the router that this run of the scenarios is about. */
export async function routerUnderTest(): Promise<Pick<RelayOptions, 'router'>> {
  if (process.env.TARNET_TEST_ROUTER !== 'redis') return {};
  redis ??= RedisServer.start();
  const { url } = await redis;
  const node = { id: randomUUID(), incarnation: randomUUID(), url: 'ws://127.0.0.1:1/' };
  const directory = new RedisDirectory({ url, node, log: silentLog });
  await new Promise<void>((resolve) => directory.onReady(resolve));
  return { router: (options) => new DirectoryRouter({ ...options, directory }) };
}

afterAll(async () => {
  await (await redis)?.kill();
});
