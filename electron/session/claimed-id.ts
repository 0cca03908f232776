// Owns the check that a host reached by its ID is the one that the ID belongs to.
import { TarnetError } from '../../shared/base/errors.ts';
import { hostIdOf } from '../../shared/crypto/host-id.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';

/**
 * An ID follows from its host's key, so a relay that leads somewhere else is found out even the first time. Throws `tampered`.
 * @param id nine digits
 */
export function checkClaimedId(primitives: Primitives, id: string, { ed25519 }: PublicIdentity): void {
  if (hostIdOf(primitives, ed25519) !== id)
    throw new TarnetError('tampered', 'the relay led to another computer than the one with this ID', {
      field: 'hostId',
    });
}
