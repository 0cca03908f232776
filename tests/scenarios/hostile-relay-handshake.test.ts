// The handshake in the hands of a hostile relay: whatever it does, no viewer ends up with a channel that the host has not
// agreed to, and the reason says what happened.
import { beforeAll, describe, expect, test } from 'vitest';
import type { AccessGate } from '../../electron/pairing/access-gate.ts';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import type { TicketBook } from '../../electron/pairing/resumption-tickets.ts';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import type { ViewerHandshake } from '../../electron/session/viewer-handshake.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import {
  CODE,
  GRANT,
  type HandshakeSite,
  handshakeSite,
  newIdentity,
  type RelayActs,
  shakeHands,
} from '../fakes/handshake-pair.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });

/** A gate that never runs out: here the relay is on trial, not the limits. */
let open: AccessGate;
let site: HandshakeSite;
let resume: { viewer: () => ViewerHandshake; host: () => HostHandshake };

beforeAll(async () => {
  site = await handshakeSite();
  const record = await site.opaque.register(CODE);
  open = { begin: () => ({ record, triesLeft: 3, succeed: () => undefined, fail: () => undefined }) };
  const id = primitives.randomBytes(16);
  const secret = primitives.randomBytes(64);
  const viewer = site.viewerIdentity.publicIdentity;
  const ticket = () => ({ id, secret: secret.slice(), viewer, viewerName: 'laptop', permissionBits: 1 });
  const tickets: TicketBook = {
    find: (wanted) => (Buffer.compare(wanted, id) === 0 ? ticket() : null),
    use: () => true,
  };
  const host = site.hostIdentity.publicIdentity;
  const credential = { kind: 'ticket', ticketId: id, resumptionSecret: secret, host } as const;
  resume = { viewer: () => site.viewer({ credential }), host: () => site.host({ tickets }) };
});

const withCode = { viewer: () => site.viewer(), host: () => site.host({ gate: open }) };

type Step = keyof RelayActs;

/** Runs a handshake through the relay: the error that ended it. The viewer never has a session. */
async function outcome(pair: { viewer: () => ViewerHandshake; host: () => HostHandshake }, relay: RelayActs) {
  const viewer = pair.viewer();
  const host = pair.host();
  const error = await shakeHands(viewer, host, relay).then(
    () => null,
    (thrown: unknown) => TarnetError.from(thrown),
  );
  expect(viewer.phase).not.toBe('done');
  host.close();
  return error;
}

/** What must come of a changed byte, by where it is. */
interface Part {
  sizeBytes: number;
  reasons: readonly string[];
}
const HEADER: readonly Part[] = [
  { sizeBytes: 1, reasons: ['malformed'] },
  { sizeBytes: 1, reasons: ['version-too-old'] },
  { sizeBytes: 1, reasons: ['malformed', 'not-supported'] },
  { sizeBytes: 1, reasons: ['malformed'] },
];
const part = (sizeBytes: number, ...reasons: string[]): Part => ({ sizeBytes, reasons });

const CODE_PARTS: Record<Step, readonly Part[]> = {
  hs1: [
    ...HEADER,
    part(16, 'tampered'),
    part(32, 'tampered'),
    part(2, 'malformed'),
    // What is no KE1 at all is refused; what is another KE1 gives a KE2 that the viewer cannot tell from a wrong code.
    part(96, 'malformed', 'wrong-code'),
  ],
  hs2: [
    ...HEADER,
    part(16, 'tampered'),
    part(32, 'tampered'),
    part(2, 'malformed'),
    part(320, 'wrong-code', 'tampered'),
    part(1, 'tampered'),
  ],
  hs3: [...HEADER, part(2, 'malformed'), part(64, 'wrong-code'), part(149, 'tampered')],
  hs4: [...HEADER, part(149, 'tampered')],
};
const RESUME_PARTS: Record<Step, readonly Part[]> = {
  hs1: [...HEADER, part(16, 'tampered'), part(32, 'tampered'), part(2, 'malformed'), part(16, 'not-found')],
  hs2: [...HEADER, part(16, 'tampered'), part(32, 'tampered'), part(2, 'malformed'), part(1, 'tampered')],
  hs3: [...HEADER, part(2, 'malformed'), part(149, 'tampered')],
  hs4: [...HEADER, part(149, 'tampered')],
};

const reasonsAt = (parts: readonly Part[]): (readonly string[])[] =>
  parts.flatMap(({ sizeBytes, reasons }) => Array.from({ length: sizeBytes }, () => reasons));

/** Changes one bit of each of these bytes, one handshake after the other. */
async function flip(
  pair: typeof withCode,
  step: Step,
  parts: readonly Part[],
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

describe.each<Step>(['hs1', 'hs2', 'hs3', 'hs4'])('%s', (step) => {
  test('with any byte changed ends a resumption', () => flip(resume, step, RESUME_PARTS[step], () => true));

  test('with a byte of any field changed ends a handshake with the code', () =>
    // OPAQUE costs some 20 ms a time: all of the short fields, every fourth byte of the long ones.
    flip(
      withCode,
      step,
      CODE_PARTS[step],
      (at) => at < 6 || at % 4 === 0 || at === reasonsAt(CODE_PARTS[step]).length - 1,
    ));

  test('cut short or made longer ends the handshake', async () => {
    const sizeBytes = reasonsAt(RESUME_PARTS[step]).length;
    for (const cut of [0, 1, 3, 4, 5, Math.floor(sizeBytes / 2), sizeBytes - 1]) {
      const error = await outcome(resume, { [step]: (message: Uint8Array) => message.subarray(0, cut) });
      expect(['malformed', 'tampered'], `cut to ${cut}`).toContain(error?.reason);
    }
    const longer = (message: Uint8Array) => Uint8Array.of(...message, 0);
    expect(['malformed', 'tampered']).toContain((await outcome(resume, { [step]: longer }))?.reason);
  });

  test('of another version, suite or mode ends the handshake', async () => {
    const set = (at: number, value: number) => (message: Uint8Array) => message.with(at, value);
    for (const pair of [withCode, resume]) {
      expect((await outcome(pair, { [step]: set(1, 1) }))?.reason).toBe('version-too-old');
      expect((await outcome(pair, { [step]: set(1, 3) }))?.reason).toBe('version-too-old');
      expect((await outcome(pair, { [step]: set(3, 0) }))?.reason).toBe('malformed');
      expect((await outcome(pair, { [step]: set(2, 2) }))?.reason).toBe('not-supported');
      expect((await outcome(pair, { [step]: set(2, 3) }))?.reason).toBe('not-supported');
    }
    expect(['malformed', 'tampered']).toContain((await outcome(withCode, { [step]: set(2, 4) }))?.reason);
    expect(['malformed', 'tampered']).toContain((await outcome(resume, { [step]: set(2, 1) }))?.reason);
  });

  test('taken from an earlier handshake ends this one', async () => {
    for (const pair of [withCode, resume]) {
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

describe('a man in the middle', () => {
  const ephemeralAt = 20;
  const withEphemeral = (message: Uint8Array, key: Uint8Array) => {
    const changed = message.slice();
    changed.set(key, ephemeralAt);
    return changed;
  };

  test('who swaps both ephemeral keys for its own gets nothing', async () => {
    for (const pair of [withCode, resume]) {
      const mine = primitives.x25519KeyPair().publicKey;
      const swap = (message: Uint8Array) => withEphemeral(message, mine);
      expect((await outcome(pair, { hs1: swap }))?.reason).toBe('tampered');
      expect((await outcome(pair, { hs2: swap }))?.reason).toBe('tampered');
      expect((await outcome(pair, { hs1: swap, hs2: swap }))?.reason).toBe('tampered');
    }
  });

  test('who sends keys of low order is refused', async () => {
    const zero = (message: Uint8Array) => withEphemeral(message, new Uint8Array(32));
    expect((await outcome(withCode, { hs1: zero }))?.reason).toBe('tampered');
    expect((await outcome(withCode, { hs2: zero }))?.reason).toBe('tampered');
  });

  test('who plays the host without the code is found out by the viewer', async () => {
    const record = await site.opaque.register('999999999');
    const gate: AccessGate = { begin: () => ({ ...open.begin(), record }) };
    const fake = { viewer: withCode.viewer, host: () => site.host({ gate, identity: newIdentity() }) };
    expect((await outcome(fake, {}))?.reason).toBe('wrong-code');
  });

  test('who plays the viewer without the code cannot make a KE3', async () => {
    const hs3 = (message: Uint8Array) => {
      const forged = message.slice();
      forged.set(primitives.randomBytes(64), 6);
      return forged;
    };
    expect((await outcome(withCode, { hs3 }))?.reason).toBe('wrong-code');
  });

  test('who sends the viewer to another host is found out', async () => {
    const other = { viewer: withCode.viewer, host: () => site.host({ gate: open, hostId: '000000001' }) };
    expect((await outcome(other, {}))?.reason).toBe('tampered');
  });

  test('who refuses in the name of the host only ends the handshake', async () => {
    const refusal = () => Uint8Array.of(9, 2, 5, 0, 0);
    expect((await outcome(withCode, { hs2: refusal }))?.reason).toBe('denied');
    expect((await outcome(withCode, { hs4: refusal }))?.reason).toBe('denied');
    expect((await outcome(withCode, { hs1: refusal }))?.reason).toBe('malformed');
  });
});

describe('identity keys', () => {
  test('need the signature that belongs to them, on both sides', async () => {
    const { sign } = newIdentity();
    const claimed = { publicIdentity: site.viewerIdentity.publicIdentity, sign };
    const viewer = { viewer: () => site.viewer({ identity: claimed }), host: withCode.host };
    expect(await outcome(viewer, {})).toMatchObject({ reason: 'tampered', field: 'signature' });
    const posed = { publicIdentity: site.hostIdentity.publicIdentity, sign };
    const host = { viewer: withCode.viewer, host: () => site.host({ gate: open, identity: posed }) };
    expect(await outcome(host, {})).toMatchObject({ reason: 'tampered', field: 'signature' });
  });

  test('are bound to each other: a known signing key does not carry another static key', async () => {
    const { ed25519 } = site.viewerIdentity.publicIdentity;
    const x25519 = primitives.x25519KeyPair().publicKey;
    const sign = (statement: Uint8Array) => {
      // What the true owner signed: the same statement with its own static key in it.
      const own = Buffer.from(statement);
      own.set(site.viewerIdentity.publicIdentity.x25519, own.indexOf(x25519));
      return site.viewerIdentity.sign(own);
    };
    const mixed = () => site.viewer({ identity: { publicIdentity: { ed25519, x25519 }, sign } });
    const error = await outcome({ viewer: mixed, host: withCode.host }, {});
    expect(error).toMatchObject({ reason: 'tampered', field: 'signature' });
  });

  test('of a resumption are those of its ticket, on both sides', async () => {
    const stranger = newIdentity();
    const id = primitives.randomBytes(16);
    const secret = primitives.randomBytes(64);
    const ticketOf = (viewer: typeof stranger.publicIdentity): TicketBook => ({
      find: () => ({ id, secret: secret.slice(), viewer, viewerName: '', permissionBits: 0 }),
      use: () => true,
    });
    const credentialOf = (host: typeof stranger.publicIdentity) =>
      ({ kind: 'ticket', ticketId: id, resumptionSecret: secret, host }) as const;
    const [known, host] = [site.viewerIdentity.publicIdentity, site.hostIdentity.publicIdentity];
    const stolen = {
      viewer: () => site.viewer({ credential: credentialOf(host), identity: stranger }),
      host: () => site.host({ tickets: ticketOf(known) }),
    };
    expect((await outcome(stolen, {}))?.reason).toBe('identity-changed');
    const posed = {
      viewer: () => site.viewer({ credential: credentialOf(host) }),
      host: () => site.host({ tickets: ticketOf(known), identity: stranger }),
    };
    expect((await outcome(posed, {}))?.reason).toBe('identity-changed');
  });
});

describe('guesses', () => {
  test('in parallel get two in flight and five in all, then there is another code', async () => {
    const guessed = await handshakeSite();
    const replied: HostHandshake[] = [];
    const refused: (string | undefined)[] = [];
    const guess = async () => {
      const host = guessed.host();
      const hs1 = await guessed.viewer({ credential: { kind: 'secret', secret: '000000000' } }).start();
      await host.receive(hs1).then(
        () => replied.push(host),
        (error: unknown) => refused.push(TarnetError.from(error).reason),
      );
    };
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 5 }, guess));
      expect(replied.length).toBeLessThanOrEqual(2);
      for (const host of replied.splice(0)) {
        host.close();
        refused.push('answered');
      }
      if (guessed.code.state.code !== CODE) break;
    }
    expect(refused.filter((what) => what === 'answered')).toHaveLength(5);
    expect(['answered', 'rate-limited', 'code-locked']).toEqual(expect.arrayContaining([...new Set(refused)]));
    await expect.poll(() => guessed.code.state.code).toBe('271828182');
    await expect(shakeHands(guessed.viewer(), guessed.host())).rejects.toThrow(reason('wrong-code'));
  });

  test('that never come to an end count too', async () => {
    const guessed = await handshakeSite();
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await guessed.host().receive(await guessed.viewer().start());
      guessed.clock.advance(60_000);
    }
    expect(guessed.code.state.code).not.toBe(CODE);
  });

  test('that were right but came too late are refused', async () => {
    const guessed = await handshakeSite();
    const late: RelayActs = {
      hs3: (message) => {
        guessed.clock.advance(20_000);
        return message;
      },
    };
    await expect(shakeHands(guessed.viewer(), guessed.host(), late)).rejects.toThrow(reason('code-locked'));
    expect(guessed.code.state.triesLeft).toBe(4);
  });
});
