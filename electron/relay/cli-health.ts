// Owns asking a relay on this machine whether it is well, for health checks.
import { get } from 'node:http';
import { get as getByTls } from 'node:https';
import type { RelayCliOptions } from './cli-options.ts';

export const HEALTH_LIMITS = { timeoutMs: 3_000 } as const;

/** Whether the relay that runs with these options answers on /healthz. Never rejects. */
export function isHealthy(options: RelayCliOptions): Promise<boolean> {
  const { port, bind } = options;
  const host = bind === '::' ? '::1' : bind === '0.0.0.0' ? '127.0.0.1' : bind;
  const answers = (hostname: string) =>
    new Promise<boolean>((resolve) => {
      const where = { host: hostname, port, path: '/healthz', agent: false, timeout: HEALTH_LIMITS.timeoutMs };
      const request =
        // The certificate names the relay as others know it, not this machine's own address.
        options['tls-cert'] === undefined ? get(where) : getByTls({ ...where, rejectUnauthorized: false });
      request.on('response', (response) => {
        resolve(response.statusCode === 200);
        response.destroy();
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', () => resolve(false));
    });
  // Where there is no IPv6, `::` means every IPv4 address.
  return answers(host).then((healthy) => healthy || (bind === '::' && answers('127.0.0.1')));
}
