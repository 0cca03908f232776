// Impostors between a viewer and a host: who swaps keys, plays the other side, or borrows an identity gets nothing.
import { beforeAll, describe, expect, test } from 'vitest';
import type { AccessGate, AccessGates } from '../../electron/pairing/access-gate.ts';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import type { TicketBook } from '../../electron/pairing/resumption-tickets.ts';
import { type HandshakeSite, newIdentity, shakeHands } from '../fakes/handshake-pair.ts';
import { type HandshakePair, hostileSite, outcome } from '../fakes/hostile-handshake.ts';

let open: AccessGates;
let site: HandshakeSite;
let withCode: HandshakePair;
let withPassword: HandshakePair;
let known: HandshakePair;
let resume: HandshakePair;

beforeAll(async () => {
  ({ open, site, withCode, withPassword, known, resume } = await hostileSite());
});

describe('a man in the middle', () => {
  const ephemeralAt = 20;
  const withEphemeral = (message: Uint8Array, key: Uint8Array) => {
    const changed = message.slice();
    changed.set(key, ephemeralAt);
    return changed;
  };

  test('who swaps both ephemeral keys for its own gets nothing, in any mode', async () => {
    for (const pair of [withCode, withPassword, known, resume]) {
      const mine = primitives.x25519KeyPair().publicKey;
      const swap = (message: Uint8Array) => withEphemeral(message, mine);
      expect((await outcome(pair, { hs1: swap }))?.reason).toBe('tampered');
      expect((await outcome(pair, { hs2: swap }))?.reason).toBe('tampered');
      expect((await outcome(pair, { hs1: swap, hs2: swap }))?.reason).toBe('tampered');
    }
  });

  test('who answers in the place of the host with keys of its own is found out, in any mode', async () => {
    const own = newIdentity();
    const impostor = (options: Parameters<HandshakeSite['host']>[0]) => () => site.host({ ...options, identity: own });
    const record = await site.opaque.register('password', '999999999');
    const password: AccessGate = { begin: () => ({ ...open.password.begin(), record }) };
    const tickets: TicketBook = {
      find: (id) => ({
        id,
        secret: primitives.randomBytes(64),
        viewer: site.viewerIdentity.publicIdentity,
        viewerName: '',
        permissionBits: 1,
        how: 'code' as const,
      }),
      use: () => true,
    };
    const everybody = { find: () => null };
    const fakes = [
      { viewer: withPassword.viewer, host: impostor({ gates: { ...open, password } }), reason: 'wrong-password' },
      // it cannot open what is sealed for the pinned key, so it does not even learn who came
      { viewer: known.viewer, host: impostor({ devices: everybody }), reason: 'tampered' },
      { viewer: resume.viewer, host: impostor({ tickets }), reason: 'tampered' },
    ];
    for (const { reason, ...fake } of fakes) expect((await outcome(fake, {}))?.reason).toBe(reason);
  });

  test('who has the code and sits in between is seen by both: the words are not the same', async () => {
    // a code that was read over a shoulder: the one case in which nothing but the words is left
    const middle = { viewer: site.viewer(), host: site.host({ gates: open, identity: newIdentity() }) };
    const [toHost, toViewer] = [
      await shakeHands(middle.viewer, site.host({ gates: open })),
      await shakeHands(site.viewer(), middle.host),
    ];
    expect(toHost.request.sas).not.toEqual(toViewer.proof.sas);
    expect(toHost.request.sas).toEqual(toHost.proof.sas);
  });

  test('who sends keys of low order is refused', async () => {
    const zero = (message: Uint8Array) => withEphemeral(message, new Uint8Array(32));
    expect((await outcome(withCode, { hs1: zero }))?.reason).toBe('tampered');
    expect((await outcome(withCode, { hs2: zero }))?.reason).toBe('tampered');
  });

  test('who plays the host without the code is found out by the viewer', async () => {
    const record = await site.opaque.register('code', '999999999');
    const code: AccessGate = { begin: () => ({ ...open.code.begin(), record }) };
    const fake = {
      viewer: withCode.viewer,
      host: () => site.host({ gates: { ...open, code }, identity: newIdentity() }),
    };
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
    const other = { viewer: withCode.viewer, host: () => site.host({ gates: open, hostId: '000000001' }) };
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
    const { sign, agree } = newIdentity();
    const claimed = { publicIdentity: site.viewerIdentity.publicIdentity, sign };
    const viewer = { viewer: () => site.viewer({ identity: claimed }), host: withCode.host };
    expect(await outcome(viewer, {})).toMatchObject({ reason: 'tampered', field: 'signature' });
    const posed = { publicIdentity: site.hostIdentity.publicIdentity, sign, agree };
    const host = { viewer: withCode.viewer, host: () => site.host({ gates: open, identity: posed }) };
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
      find: () => ({ id, secret: secret.slice(), viewer, viewerName: '', permissionBits: 0, how: 'code' as const }),
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
