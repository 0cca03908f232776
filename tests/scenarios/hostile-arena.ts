// Owns the place where sessions are attacked: a host that goes on through all of it, somebody who only watches, and one
// victim after the other, with every message of the victim in the relay's hands.
import { isDeepStrictEqual } from 'node:util';
import { decode } from '@msgpack/msgpack';
import { vi } from 'vitest';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import { SealedChannel } from '../../electron/session/sealed-channel.ts';
import type { AccessProof } from '../../electron/session/viewer-target.ts';
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES } from '../../shared/crypto/primitives.ts';
import { VIEW_AND_CONTROL } from '../../shared/model/permissions.ts';
import { decodeMessage, ENVELOPE_BYTES, envelopeAad } from '../../shared/wire/envelope.ts';
import { Channel, decodeReliable } from '../../shared/wire/reliable.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import { makeHost, makeViewer, type ViewerSite } from '../fakes/session-site.ts';
import { startRelay } from './session-relay.ts';

const SOON = { timeout: 10_000, interval: 2 };

/** Waits until it is so; also between tests. */
export const until = (isSo: () => boolean): Promise<boolean> => vi.waitUntil(isSo, SOON);
const PASSWORD = 'violet anvil 77 quorum';

/** All ways to prove oneself. */
export const MODES = ['code', 'password', 'paired', 'ticket'] as const;
export type Mode = (typeof MODES)[number];

/** Which way a message goes. */
export type Way = 'to-host' | 'to-viewer';

/** What the relay does with a message of the victim; what it delivers in its place. */
export type Relaying = (message: Uint8Array, way: Way) => Uint8Array[];

const handOn: Relaying = (message) => [message];

export type Arena = Awaited<ReturnType<typeof openArena>>;

/** A message as it was sealed, known by its last bytes: no two end alike. */
const nameOf = (message: Uint8Array): string => Buffer.from(message.subarray(-16)).toString('hex');

/** Opens it; `close` ends everything. */
export async function openArena() {
  const relay = await startRelay();
  const host = makeHost({ open: relay.open });
  await host.room.open(relay.url, relay.token);
  await host.password.set(PASSWORD);
  const identity = newIdentity();
  await host.devices.add('Ana', identity.publicIdentity);

  /** What every record was before it was sealed. */
  const sealed = new Map<string, { kind: string; plaintext: Uint8Array }>();
  const { seal } = SealedChannel.prototype;
  SealedChannel.prototype.seal = function (header, plaintext) {
    const message = seal.call(this, header, plaintext);
    sealed.set(nameOf(message), { kind: kindOf(plaintext), plaintext: plaintext.slice() });
    return message;
  };

  let relaying: Relaying = handOn;
  /** Messages of the present victim, and its number in the room. */
  const own = new Set<string>();
  let peer: Uint8Array = new Uint8Array(2);
  host.control.incoming = (message) => {
    if (!own.has(nameOf(message))) return [message];
    peer = message.slice(2, 4);
    return relaying(message, 'to-host');
  };

  const bystander = makeViewer({ open: relay.open });
  let nextCodePoint = 65;
  let victim: ViewerSite | null = null;

  const proofOf = (mode: Mode): AccessProof => {
    if (mode === 'code') return { kind: 'code', secret: host.code() ?? '' };
    if (mode === 'password') return { kind: 'password', secret: PASSWORD };
    return { kind: 'paired', host: host.identity.publicIdentity };
  };

  const arena = {
    host,
    bystander,
    identity,
    /** What was in a record; undefined for what is none, or was never sealed here. */
    contentOf: (message: Uint8Array) => sealed.get(nameOf(message)),
    /** From now on. */
    set relaying(next: Relaying) {
      relaying = next;
    },
    /** Gives one end a message that the other end has not sent. */
    deliver(message: Uint8Array, way: Way): void {
      if (way === 'to-viewer') victim?.control.deliver(message);
      else host.control.deliver(Uint8Array.of(...message.subarray(0, 2), ...peer, ...message.subarray(4)));
    },
    /** The victim goes to the host by this proof; whatever `acts` does with its messages comes of it. */
    async connect(mode: Mode, acts: Relaying = handOn): Promise<ViewerSite> {
      // its user does not wait for one when others were guessed away
      if (!host.ready()) host.renewCode();
      await until(() => host.ready());
      if (mode === 'password') await host.password.confirmGuesses();
      const viewer = makeViewer({ open: relay.open, identity });
      own.clear();
      sealed.clear();
      victim = viewer;
      viewer.control.outgoing = (message) => {
        own.add(nameOf(message));
        return [message];
      };
      viewer.control.incoming = (message) => relaying(message, 'to-viewer');
      relaying = mode === 'ticket' ? handOn : acts;
      viewer.session.connect({ url: relay.url, hostId: '*', proof: proofOf(mode) });
      if (mode === 'ticket') {
        await until(() => viewer.state.phase === 'active');
        relaying = acts;
        viewer.control.cut();
        viewer.session.retry(null);
      }
      return viewer;
    },
    /** A session that works: let in, shown a picture, obeyed. */
    async admitted(mode: Mode): Promise<ViewerSite> {
      const viewer = await arena.connect(mode);
      await until(() => viewer.state.phase === 'active' || viewer.state.phase === 'ended');
      if (viewer.state.phase === 'ended') throw new Error('not let in', { cause: viewer.state.error });
      await arena.works(viewer);
      return viewer;
    },
    /** Pictures arrive, and input is carried out. */
    async works(viewer: ViewerSite): Promise<void> {
      const seen = viewer.frames.length;
      await until(() => {
        arena.capture(true);
        return viewer.frames.length > seen;
      });
      const typed = arena.type(viewer);
      await until(() => isDeepStrictEqual(host.sink.events.at(-1), typed));
    },
    /** Not asked of the host, which would give two key frames a second. */
    capture(key: boolean): void {
      if (key) host.source.requestKeyFrame();
      host.source.capture();
    },
    /** Types a letter that nobody has typed before. */
    type(viewer: ViewerSite) {
      nextCodePoint = nextCodePoint === 0xd7ff ? 65 : nextCodePoint + 1;
      const event = { kind: 'text', codePoint: nextCodePoint } as const;
      arena.typed.push(event);
      viewer.session.sendInput([event]);
      return event;
    },
    /** Calls back with what the host knows the victim by, while it is in. */
    withVictim(act: (id: string) => void): void {
      for (const { id, connected } of host.viewers) if (connected && id !== arena.bystanderId) act(id);
    },
    /** Proposed once; later it is not the time. */
    offerPairing(): void {
      for (const { id, pairing } of host.viewers)
        if (id !== arena.bystanderId && pairing === 'none') host.room.offerPairing(id);
    },
    bystanderId: '',
    /** Everything that was typed, in order. */
    typed: [] as { kind: 'text'; codePoint: number }[],
    movePointer: () => host.source.events?.onCursor({ xPx: 5, yPx: 6, visible: true, shape: null }),
    /** The pictures get another key. */
    turnEpoch: () => host.room.setPermissions(arena.bystanderId, VIEW_AND_CONTROL),
    async close(): Promise<void> {
      SealedChannel.prototype.seal = seal;
      victim?.session.close();
      bystander.session.close();
      await host.room.close();
      await relay.kill();
    },
  };

  await until(() => host.ready());
  bystander.session.connect({ url: relay.url, hostId: '*', proof: proofOf('code') });
  await until(() => bystander.state.phase === 'active');
  arena.bystanderId = host.viewers[0]?.id ?? '';
  await arena.works(bystander);
  return arena;
}

/** The same record sealed under a key that the relay has made: it has no other. */
export function underOwnKey(message: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const forged = new Uint8Array(ENVELOPE_BYTES + plaintext.length + TAG_BYTES);
  forged.set(message.subarray(0, ENVELOPE_BYTES));
  const aad = envelopeAad(decodeMessage(message).header);
  const seal = { key: nodePrimitives.randomBytes(KEY_BYTES), nonce: new Uint8Array(NONCE_BYTES), aad };
  nodePrimitives.sealInto(forged, ENVELOPE_BYTES, seal, plaintext);
  return forged;
}

/** The record as it would be without any encryption. */
export function inPlain(message: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return Uint8Array.of(...message.subarray(0, ENVELOPE_BYTES), ...plaintext);
}

/** What a reliable record says, by the names of hostile-records.ts. */
function kindOf(plaintext: Uint8Array): string {
  const { channel, body } = decodeReliable(plaintext);
  switch (channel) {
    case Channel.input:
      return 'input';
    case Channel.feedback:
      return 'feedback';
    case Channel.permissions:
      return 'permissions';
    case Channel.stats:
      return ['?', 'time question', 'time answer', 'measuring', 'injected'][body[0] ?? 0] ?? '?';
    default: {
      const said: unknown = decode(body);
      return typeof said === 'object' && said !== null && 'op' in said ? String(said.op) : '?';
    }
  }
}
