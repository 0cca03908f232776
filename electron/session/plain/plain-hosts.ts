// Owns asking a relay of protocol v1 which hosts it has.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { PlainHost } from '../../../shared/model/plain-host.ts';
import type { OpenTextTransport } from '../../transport/text-transport.ts';
import { getHosts, parseV1Heard, plainHosts } from './v1-wire.ts';

const ANSWER_MS = 10_000;

/**
 * The hosts of a relay. Throws `relay-unreachable`, `not-supported` when it does not speak v1, `unauthorised` when it wants
 * a token, `timeout`, or `malformed`.
 */
export function listPlainHosts(url: string, open: OpenTextTransport, clock: Clock): Promise<PlainHost[]> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void) => {
      cancel();
      transport.close();
      end();
    };
    const fail = (error: TarnetError) => finish(() => reject(error));
    const cancel = clock.after(ANSWER_MS, () => fail(new TarnetError('timeout', 'the relay did not answer in time')));
    const transport = open(url, {
      onOpen: () => transport.send(getHosts()),
      onText: (text) => {
        try {
          const heard = parseV1Heard(text);
          if (heard?.type === 'hosts_list') finish(() => resolve(plainHosts(heard)));
          else if (heard?.type === 'error') fail(new TarnetError('unauthorised', heard.message.slice(0, 200)));
        } catch (error) {
          fail(TarnetError.from(error));
        }
      },
      onClose: (reason, message) => fail(new TarnetError(reason, message || reason)),
      onRoundTrip: () => undefined,
    });
  });
}
