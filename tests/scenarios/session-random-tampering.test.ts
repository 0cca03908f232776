// A relay that tampers at random: whatever it does, no viewer sees a picture that the host did not make, no input arrives
// that the viewer did not send, and nothing but TarnetErrors comes of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { ENVELOPE_BYTES, MessageType } from '../../shared/wire/envelope.ts';
import { drop, duplicate, flipBit, type Tamper, truncate } from '../fakes/hostile-transport.ts';
import { digests, seenBy, stage } from './session-stage.ts';

const SESSION_TYPES: ReadonlySet<number | undefined> = new Set([
  MessageType.reliable,
  MessageType.media,
  MessageType.cursor,
]);

const anyTamper: fc.Arbitrary<Tamper> = fc.oneof(
  { weight: 20, arbitrary: fc.constant<Tamper>((message) => [message]) },
  { weight: 1, arbitrary: fc.constant(drop) },
  { weight: 1, arbitrary: fc.constant(duplicate) },
  { weight: 1, arbitrary: fc.nat(ENVELOPE_BYTES - 1).map((place) => flipBit(place)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((place) => flipBit(-place)) },
  { weight: 1, arbitrary: fc.nat(40).map((sizeBytes) => truncate(sizeBytes)) },
);

/** Applies one tampering after the other to the records of the session. */
function inOrder(tampers: readonly Tamper[]): Tamper {
  let next = 0;
  return (message) => {
    if (!SESSION_TYPES.has(message[0])) return [message];
    const tamper = tampers[next % tampers.length];
    next += 1;
    return tamper ? tamper(message) : [message];
  };
}

describe('random tampering', () => {
  it('never gets anything through', async () => {
    const tampers = fc.array(anyTamper, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(tampers, tampers, async (incoming, outgoing) => {
        const { host, admitted } = await stage();
        const viewer = await admitted();
        viewer.control.incoming = inOrder(incoming);
        viewer.control.outgoing = inOrder(outgoing);
        const sent: InputEvent[] = Array.from({ length: 20 }, (_, index) => ({ kind: 'text', codePoint: 65 + index }));
        for (const event of sent) {
          host.source.capture(50);
          viewer.session.sendInput([event]);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
        const made = digests(host.source.made);
        const seen = digests(seenBy(viewer));
        expect(seen).toEqual(made.filter((digest) => seen.includes(digest)));
        expect(host.sink.events).toEqual(sent.slice(0, host.sink.events.length));
        viewer.session.close();
        await host.room.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
