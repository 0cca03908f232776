// The handshake in the hands of a hostile relay: whatever it does to the messages, no viewer ends up with a channel that the
// host has not agreed to, and the reason says what happened.
import { beforeAll, describe, expect, test } from 'vitest';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import type { ViewerHandshake } from '../../electron/session/viewer-handshake.ts';
import { type Field, HANDSHAKE_FIELDS, STEPS, type Step, startsOf } from '../fakes/handshake-fields.ts';
import { GRANT, shakeHands } from '../fakes/handshake-pair.ts';
import { type HandshakePair, hostileSite, outcome } from '../fakes/hostile-handshake.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });

let withCode: HandshakePair;
let withPassword: HandshakePair;
let known: HandshakePair;
let resume: HandshakePair;

beforeAll(async () => {
  ({ withCode, withPassword, known, resume } = await hostileSite());
});

const reasonsAt = (parts: readonly Field[]): (readonly string[])[] =>
  parts.flatMap(({ sizeBytes, reasons }) => Array.from({ length: sizeBytes }, () => reasons));

/** Changes one bit of each of these bytes, one handshake after the other. */
async function flip(
  pair: HandshakePair,
  step: Step,
  parts: readonly Field[],
  isTried: (at: number) => boolean,
): Promise<void> {
  const expected = reasonsAt(parts);
  for (const [at, reasons] of expected.entries()) {
    if (!isTried(at)) continue;
    const error = await outcome(pair, {
      [step]: (message: Uint8Array) => {
        expect(message).toHaveLength(expected.length);
        return message.map((byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte));
      },
    });
    expect(reasons, `byte ${at} of ${step}`).toContain(error?.reason);
  }
}

describe.each(STEPS)('%s', (step) => {
  test('with any byte changed ends a resumption', () => flip(resume, step, HANDSHAKE_FIELDS.ticket[step], () => true));

  test('with any byte changed ends a handshake of paired devices', () =>
    flip(known, step, HANDSHAKE_FIELDS.paired[step], () => true));

  test('with a byte of any field changed ends a handshake with the code', () =>
    // OPAQUE costs some 20 ms a time: all of the short fields, every fourth byte of the long ones.
    flip(
      withCode,
      step,
      HANDSHAKE_FIELDS.code[step],
      (at) => at < 6 || at % 4 === 0 || at === reasonsAt(HANDSHAKE_FIELDS.code[step]).length - 1,
    ));

  test('with a byte of any field changed ends a handshake with the password', () => {
    // OPAQUE costs some 250 ms a time here: one byte of each field, which is enough to know that all modes go one way.
    const starts = new Set(startsOf(HANDSHAKE_FIELDS.password[step]));
    return flip(withPassword, step, HANDSHAKE_FIELDS.password[step], (index) => starts.has(index));
  });

  test('cut short or made longer ends the handshake', async () => {
    const sizeBytes = reasonsAt(HANDSHAKE_FIELDS.ticket[step]).length;
    for (const cut of [0, 1, 3, 4, 5, Math.floor(sizeBytes / 2), sizeBytes - 1]) {
      const error = await outcome(resume, { [step]: (message: Uint8Array) => message.subarray(0, cut) });
      expect(['malformed', 'tampered'], `cut to ${cut}`).toContain(error?.reason);
    }
    const longer = (message: Uint8Array) => Uint8Array.of(...message, 0);
    expect(['malformed', 'tampered']).toContain((await outcome(resume, { [step]: longer }))?.reason);
  });

  test('of another version, suite or mode ends the handshake', async () => {
    const set = (at: number, value: number) => (message: Uint8Array) => message.with(at, value);
    for (const pair of [withCode, known, resume]) {
      expect((await outcome(pair, { [step]: set(1, 1) }))?.reason).toBe('version-too-old');
      expect((await outcome(pair, { [step]: set(1, 3) }))?.reason).toBe('version-too-old');
      expect((await outcome(pair, { [step]: set(3, 0) }))?.reason).toBe('malformed');
      expect((await outcome(pair, { [step]: set(2, 5) }))?.reason).toBe('malformed');
    }
    // One mode is never talked into another: not the code's easy stretching for a password either.
    const others: [HandshakePair, number[]][] = [
      [withCode, [2, 3, 4]],
      [withPassword, [1, 3, 4]],
      [known, [1, 2, 4]],
      [resume, [1, 2, 3]],
    ];
    for (const [pair, modes] of others)
      for (const mode of modes)
        expect(['malformed', 'tampered'], `mode ${mode}`).toContain(
          (await outcome(pair, { [step]: set(2, mode) }))?.reason,
        );
  });

  test('taken from an earlier handshake ends this one', async () => {
    for (const pair of [withCode, known, resume]) {
      let earlier = new Uint8Array();
      const keep = (message: Uint8Array) => {
        earlier = message.slice();
        return message;
      };
      await shakeHands(pair.viewer(), pair.host(), { [step]: keep });
      const error = await outcome(pair, { [step]: () => earlier });
      expect(['tampered', 'wrong-code']).toContain(error?.reason);
    }
  });

  test('sent back to where it came from ends the handshake', async () => {
    const viewer = resume.viewer();
    const host = resume.host();
    const hs1 = await viewer.start();
    if (step === 'hs1') return expect(viewer.receive(hs1)).rejects.toThrow(reason('malformed'));
    const reply = await host.receive(hs1);
    if (step === 'hs2')
      return expect(host.receive(reply.kind === 'reply' ? reply.message : hs1)).rejects.toThrow(reason('malformed'));
    const proof = await viewer.receive(reply.kind === 'reply' ? reply.message : hs1);
    const hs3 = proof.kind === 'proof' ? proof.message : hs1;
    if (step === 'hs3') return expect(viewer.receive(hs3)).rejects.toThrow(reason('malformed'));
    await host.receive(hs3);
    return expect(host.receive(host.grant(GRANT).message)).rejects.toThrow(reason('malformed'));
  });

  test('delivered twice ends the handshake, and once it is done changes nothing', async () => {
    const viewer = resume.viewer();
    const host = resume.host();
    const twice = async (to: ViewerHandshake | HostHandshake, message: Uint8Array) => {
      const [, second] = await Promise.allSettled([to.receive(message), to.receive(message)]);
      expect(second).toMatchObject({ status: 'rejected', reason: { reason: 'malformed' } });
      expect(to.phase).toBe(step === 'hs4' ? 'done' : 'failed');
    };
    const hs1 = await viewer.start();
    if (step === 'hs1') return twice(host, hs1);
    const reply = await host.receive(hs1);
    const hs2 = reply.kind === 'reply' ? reply.message : hs1;
    if (step === 'hs2') return twice(viewer, hs2);
    const proof = await viewer.receive(hs2);
    const hs3 = proof.kind === 'proof' ? proof.message : hs1;
    if (step === 'hs3') return twice(host, hs3);
    await host.receive(hs3);
    return twice(viewer, host.grant(GRANT).message);
  });
});
