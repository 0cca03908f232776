// Owns asking an address whether a relay is there.
import { get } from 'node:http';
import { parseHostAddress } from '../../shared/model/host-address.ts';

export const REACHABILITY_LIMITS = { timeoutMs: 2_000 } as const;

/** True when the relay at HOST[:PORT] says that it is well. Never rejects. */
export function isReachable(address: string): Promise<boolean> {
  const { host, port } = parseHostAddress(address);
  return new Promise((resolve) => {
    const request = get({ host, port, path: '/healthz', agent: false, timeout: REACHABILITY_LIMITS.timeoutMs });
    request.on('response', (response) => {
      resolve(response.statusCode === 200);
      response.destroy();
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', () => resolve(false));
  });
}
