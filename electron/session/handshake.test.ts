import { describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { encodeRefusal, HANDSHAKE_LIMITS } from '../../shared/crypto/handshake-format.ts';
import { decodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { deferred } from '../../tests/fakes/deferred.ts';
import { GRANT, HELLO, handshakeSite, NO_TICKETS, shakeHands } from '../../tests/fakes/handshake-pair.ts';
import { type AccessGate, NO_SECOND_FACTOR } from '../pairing/access-gate.ts';
import type { OpaquePort } from '../pairing/opaque-port.ts';
import type { ResumptionTicket, TicketBook } from '../pairing/resumption-tickets.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });
const header = envelope(MessageType.reliable);

/** One ticket, used once. */
function oneTicket(ticket: ResumptionTicket): TicketBook {
  let left: ResumptionTicket | null = ticket;
  const matches = (id: Uint8Array) => left !== null && Buffer.compare(left.id, id) === 0;
  return {
    find: (id) => (left && matches(id) ? { ...left, secret: left.secret.slice() } : null),
    use: (id) => {
      const used = matches(id);
      if (used) left = null;
      return used;
    },
  };
}

describe('a handshake with the code', () => {
  test('gives both sides one another and a channel', async () => {
    const site = await handshakeSite();
    const { request, proof, hosted, granted } = await shakeHands(site.viewer(), site.host());
    expect(request).toMatchObject({ peer: site.viewerIdentity.publicIdentity, hello: HELLO, ticket: null });
    expect(request.fingerprint).toEqual(site.viewerIdentity.fingerprint);
    expect(granted).toMatchObject({ host: site.hostIdentity.publicIdentity, grant: GRANT });
    expect(proof.sas).toEqual(request.sas);
    expect(proof.sas).toHaveLength(3);
    const up = decodeMessage(granted.channel.seal(header, HELLO));
    expect(hosted.channel.open(up.header, up.body)).toEqual(HELLO);
    const down = decodeMessage(hosted.channel.seal(header, GRANT));
    expect(granted.channel.open(down.header, down.body)).toEqual(GRANT);
    expect(granted.exportSecret('resumption')).toEqual(hosted.exportSecret('resumption'));
  });

  test('makes other keys, words and secrets each time', async () => {
    const site = await handshakeSite(['314159265', '314159265']);
    const first = await shakeHands(site.viewer(), site.host());
    await expect.poll(() => site.code.state.code).toBe('314159265');
    const second = await shakeHands(site.viewer(), site.host());
    expect(second.proof.sas).not.toEqual(first.proof.sas);
    expect(second.granted.exportSecret('resumption')).not.toEqual(first.granted.exportSecret('resumption'));
    const crossed = decodeMessage(first.granted.channel.seal(header, HELLO));
    expect(() => second.hosted.channel.open(crossed.header, crossed.body)).toThrow(reason('tampered'));
  });

  test('tells a viewer with the wrong code how many tries are left', async () => {
    const site = await handshakeSite();
    const viewer = site.viewer({ credential: { kind: 'code', secret: '000000000' } });
    const host = site.host();
    await expect(shakeHands(viewer, host)).rejects.toMatchObject({ reason: 'wrong-code', triesLeft: 4 });
    expect(viewer.phase).toBe('failed');
    host.close();
    expect(site.code.state.triesLeft).toBe(4);
  });

  test('spends the code on its first success', async () => {
    const site = await handshakeSite();
    await shakeHands(site.viewer(), site.host());
    await expect.poll(() => site.code.state.code).toBe('271828182');
    await expect(shakeHands(site.viewer(), site.host())).rejects.toThrow(reason('wrong-code'));
  });

  test('ends with the refusal of the host', async () => {
    const site = await handshakeSite();
    const viewer = site.viewer();
    const host = site.host();
    const reply = await host.receive(await viewer.start());
    const proof = await viewer.receive(reply.kind === 'reply' ? reply.message : new Uint8Array());
    await host.receive(proof.kind === 'proof' ? proof.message : new Uint8Array());
    host.close();
    const refusal = encodeRefusal(new TarnetError('denied', 'the user said no'));
    await expect(viewer.receive(refusal)).rejects.toThrow(reason('denied'));
    expect([viewer.phase, host.phase]).toEqual(['failed', 'failed']);
    expect(() => host.grant(GRANT)).toThrow(reason('cancelled'));
  });

  test('hands the wait of a refusal to the viewer', async () => {
    const site = await handshakeSite();
    const locked: AccessGate = {
      begin: () => {
        throw new HandshakeError('code-locked', 'too many wrong secrets', { retryAfterS: 90 });
      },
    };
    const viewer = site.viewer();
    const refused = site
      .host({ gates: { code: locked, password: locked, secondFactor: NO_SECOND_FACTOR } })
      .receive(await viewer.start());
    const error = await refused.then(() => null, TarnetError.from);
    await expect(viewer.receive(encodeRefusal(error!))).rejects.toMatchObject({
      reason: 'code-locked',
      retryAfterS: 90,
    });
  });

  test('does not let the viewer in at a host that is not the one it knows', async () => {
    const site = await handshakeSite();
    const viewer = site.viewer({
      acceptHost: () => {
        throw new TarnetError('identity-changed', 'another key is pinned');
      },
    });
    await expect(shakeHands(viewer, site.host())).rejects.toThrow(reason('identity-changed'));
    expect(viewer.phase).toBe('failed');
  });

  test('takes no message out of its turn', async () => {
    const site = await handshakeSite();
    const viewer = site.viewer();
    const host = site.host();
    await expect(viewer.receive(Uint8Array.of(2, 2, 1, 1))).rejects.toThrow(reason('malformed'));
    await expect(viewer.start()).rejects.toThrow(reason('illegal-transition'));
    expect(() => host.grant(GRANT)).toThrow(reason('illegal-transition'));
    const [one, other] = [await site.viewer().start(), await site.viewer().start()];
    const [first, second] = await Promise.allSettled([host.receive(one), host.receive(other)]);
    expect([first, second]).toMatchObject([
      { status: 'rejected', reason: { reason: 'malformed' } },
      { status: 'rejected', reason: { reason: 'malformed' } },
    ]);
  });

  test('can be given up while it computes', async () => {
    const site = await handshakeSite();
    const viewer = site.viewer();
    const starting = viewer.start();
    viewer.close();
    await expect(starting).rejects.toThrow(reason('cancelled'));
    const host = site.host();
    const answering = host.receive(await site.viewer().start());
    host.close();
    await expect(answering).rejects.toThrow(reason('cancelled'));
    expect(site.code.state.triesLeft).toBe(4);
  });

  test('refuses a hello or a grant over its limit', async () => {
    const site = await handshakeSite();
    expect(() => site.viewer({ hello: new Uint8Array(HANDSHAKE_LIMITS.maxHelloBytes + 1) })).toThrow(
      reason('too-large'),
    );
    const host = site.host();
    expect(() => host.grant(new Uint8Array(HANDSHAKE_LIMITS.maxGrantBytes + 1))).toThrow(reason('too-large'));
    const largest = new Uint8Array(HANDSHAKE_LIMITS.maxHelloBytes).fill(1);
    const { request } = await shakeHands(site.viewer({ hello: largest }), host);
    expect(request.hello).toEqual(largest);
  });

  test('a host that stops while the viewer proves itself does not let it in', async () => {
    const site = await handshakeSite();
    const finishing = deferred<void>();
    const opaque: OpaquePort = {
      register: (kind, secret) => site.opaque.register(kind, secret),
      serverStart: (record, ke1) => site.opaque.serverStart(record, ke1),
      clientStart: (kind, secret) => site.opaque.clientStart(kind, secret),
      clientFinish: (state, ke2) => site.opaque.clientFinish(state, ke2),
      serverFinish: async (state, ke3) => {
        await finishing.promise;
        return site.opaque.serverFinish(state, ke3);
      },
    };
    const viewer = site.viewer();
    const host = site.host({ opaque });
    const reply = await host.receive(await viewer.start());
    const proof = await viewer.receive(reply.kind === 'reply' ? reply.message : new Uint8Array());
    const checking = host.receive(proof.kind === 'proof' ? proof.message : new Uint8Array());
    site.code.stop();
    finishing.resolve(undefined);
    await expect(checking).rejects.toThrow(reason('code-locked'));
  });
});

describe('a handshake with a ticket', () => {
  const id = new Uint8Array(16).fill(7);
  const resumable = async () => {
    const site = await handshakeSite();
    const first = await shakeHands(site.viewer(), site.host());
    const resumptionSecret = first.granted.exportSecret('resumption');
    const tickets = oneTicket({
      id,
      secret: first.hosted.exportSecret('resumption'),
      viewer: site.viewerIdentity.publicIdentity,
      viewerName: 'laptop',
      permissionBits: 3,
      how: 'password',
    });
    const host = site.hostIdentity.publicIdentity;
    const credential = { kind: 'ticket', ticketId: id, resumptionSecret, host } as const;
    return { site, tickets, credential };
  };

  test('comes back once, with new keys', async () => {
    const { site, tickets, credential } = await resumable();
    const { request, granted, hosted } = await shakeHands(site.viewer({ credential }), site.host({ tickets }));
    expect(request.ticket).toEqual({
      id,
      viewer: site.viewerIdentity.publicIdentity,
      permissionBits: 3,
      how: 'password',
      viewerName: 'laptop',
    });
    const message = decodeMessage(granted.channel.seal(header, HELLO));
    expect(hosted.channel.open(message.header, message.body)).toEqual(HELLO);
    expect(granted.exportSecret('resumption')).not.toEqual(credential.resumptionSecret);
    await expect(shakeHands(site.viewer({ credential }), site.host({ tickets }))).rejects.toThrow(reason('not-found'));
  });

  test('does not count as a guess at the code', async () => {
    const { site, tickets, credential } = await resumable();
    await expect.poll(() => site.code.state.triesLeft).toBe(5);
    await shakeHands(site.viewer({ credential }), site.host({ tickets }));
    expect(site.code.state.triesLeft).toBe(5);
  });

  test('lets only one of two at the same time in', async () => {
    const { site, tickets, credential } = await resumable();
    const prove = async () => {
      const viewer = site.viewer({ credential });
      const host = site.host({ tickets });
      const reply = await host.receive(await viewer.start());
      const proof = await viewer.receive(reply.kind === 'reply' ? reply.message : new Uint8Array());
      await host.receive(proof.kind === 'proof' ? proof.message : new Uint8Array());
      return host;
    };
    const [one, other] = [await prove(), await prove()];
    one.grant(GRANT);
    expect(() => other.grant(GRANT)).toThrow(reason('not-found'));
  });

  test('is not found when nobody knows it', async () => {
    const { site, credential } = await resumable();
    const shaking = shakeHands(site.viewer({ credential }), site.host({ tickets: NO_TICKETS }));
    await expect(shaking).rejects.toThrow(reason('not-found'));
  });
});
