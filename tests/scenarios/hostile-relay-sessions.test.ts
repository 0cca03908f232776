// Every kind of record, both ways, in a session of every mode, against everything that a relay can do to it: what was
// touched is neither shown nor carried out, the session ends for the right reason, nobody else notices, the next one works.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeMessage, MessageType } from '../../shared/wire/envelope.ts';
import type { ViewerSite } from '../fakes/session-site.ts';
import { type Arena, MODES, type Mode, openArena } from './hostile-arena.ts';
import { type Attack, RECORD_ATTACKS } from './hostile-attacks.ts';
import { isOfKind, RECORD_KINDS, type RecordKind } from './hostile-records.ts';
import { digests, seenBy } from './session-stage.ts';

const SOON = { timeout: 5_000, interval: 2 };

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
}, 60_000);
afterAll(() => arena?.close());

/** The mode in which a kind of record meets every attack; in the others it meets some, and each attack meets some kinds. */
const fullMode = ({ modes }: RecordKind): Mode => modes?.[0] ?? 'paired';
const SOME: Record<Mode, number> = { code: 2, password: 1, paired: 2, ticket: 3 };

function attacksOn(kind: RecordKind, mode: Mode): Attack[] {
  const all = RECORD_ATTACKS.filter((attack) => attack.suits(kind));
  if (mode === fullMode(kind) && !kind.isRare) return all;
  const first = RECORD_KINDS.indexOf(kind) * 5 + MODES.indexOf(mode) * 3;
  return Array.from({ length: SOME[mode] }, (_, index) => all[(first + index * 7) % all.length]!);
}

/** What crosses on one way in one way of sealing: a reliable channel, or a stream of pictures. */
function sortOf(message: Uint8Array): string {
  const { type, stream } = decodeMessage(message).header;
  return type === MessageType.reliable
    ? 'reliable'
    : type === MessageType.handshake
      ? 'handshake'
      : `picture ${stream}`;
}
const sortOfKind = (kind: RecordKind): string => (kind.sort === 'reliable' ? 'reliable' : `picture ${kind.stream}`);

/** Newest of each sort and way, from sessions that are over. */
const foreign = new Map<string, Uint8Array>();

/** Attacks one record of a session that works. Resolves with the session when the attack has been made. */
async function attack(victim: ViewerSite, kind: RecordKind, { begin }: Attack): Promise<void> {
  const earlier: Uint8Array[] = [];
  const stale = foreign.get(`${kind.way} ${sortOfKind(kind)}`);
  let act: ReturnType<typeof begin> | null = null;
  let met = false;
  arena.relaying = (message, way) => {
    if (way !== kind.way || sortOf(message) !== sortOfKind(kind)) return [message];
    const isTarget = act !== null && isOfKind(arena, kind, message);
    met ||= isTarget;
    const delivered = act?.(message, isTarget) ?? [message];
    earlier.push(message.slice());
    foreign.set(`${way} ${sortOf(message)}`, message.slice());
    return delivered;
  };
  // so that there is an earlier one of its sort
  if (kind.sort === 'picture')
    await expect
      .poll(() => {
        kind.provoke?.(arena, victim);
        return earlier.length;
      }, SOON)
      .toBeGreaterThan(0);
  else if (kind.way === 'to-host') arena.type(victim);
  else arena.host.room.selectSource('screen:0');
  await expect.poll(() => earlier.length, SOON).toBeGreaterThan(0);
  // before there was another session: of an epoch that nobody knows, sealed by nobody
  act = begin({ arena, kind, earlier, foreign: stale ?? earlier[0]!.with(7, 0x7f).with(-1, 0) });
  await expect
    .poll(() => {
      if (!met) kind.provoke?.(arena, victim);
      return met;
    }, SOON)
    .toBe(true);
}

/** Keeps both ends talking, so that what is missing or out of order is noticed. */
function goOn(victim: ViewerSite, kind: RecordKind): void {
  if (kind.sort === 'picture') kind.provoke?.(arena, victim);
  arena.type(victim);
  arena.host.room.selectSource('screen:0');
  arena.capture(true);
  arena.movePointer();
}

async function check(victim: ViewerSite, kind: RecordKind, one: Attack): Promise<void> {
  const { host, bystander } = arena;
  const [made, seen, done, left] = [
    host.source.made.length,
    victim.frames.length,
    host.sink.events.length,
    host.activity.length,
  ];
  const typed = arena.typed.length;
  await attack(victim, kind, one);
  const isEnded = () =>
    victim.state.phase === 'ended' || host.activity.slice(left).some(({ kind: what }) => what === 'left');
  if (one.endedBy === 'nobody') {
    await arena.works(victim);
    expect(isEnded()).toBe(false);
    victim.session.close();
  } else {
    await expect
      .poll(() => {
        if (!isEnded()) goOn(victim, kind);
        return victim.state.phase;
      }, SOON)
      .toBe('ended');
    const byHost = (kind.way === 'to-host') === (one.endedBy === 'receiver');
    if (byHost)
      expect(host.activity.slice(left)).toContainEqual(expect.objectContaining({ kind: 'left', reason: 'tampered' }));
    else expect(['tampered', 'malformed']).toContain(victim.state.error?.reason);
  }
  await expect
    .poll(() => host.viewers.filter(({ connected }) => connected).map(({ id }) => id), SOON)
    .toEqual([arena.bystanderId]);
  // only what was typed, in its order, each once; only what was captured, in its order, each once
  const carriedOut = host.sink.events.slice(done);
  expect(carriedOut).toEqual(arena.typed.slice(typed, typed + carriedOut.length));
  const shown = digests(seenBy(victim).slice(seen));
  const captured = digests(host.source.made.slice(made));
  expect(shown).toEqual(captured.filter((digest) => shown.includes(digest)));
  expect(bystander.state.phase).toBe('active');
}

describe.each(MODES)('in a session by %s', (mode) => {
  const kinds = RECORD_KINDS.filter(({ modes }) => modes?.includes(mode) ?? true);
  test.each(kinds.map((kind) => [`${kind.name} ${kind.way}`, kind] as const))('%s', async (_, kind) => {
    const holes: string[] = [];
    for (const one of attacksOn(kind, mode)) {
      const victim = await arena.admitted(mode);
      await check(victim, kind, one).catch((error: unknown) => holes.push(`${one.name}: ${error}`));
      victim.session.close();
    }
    expect(holes).toEqual([]);
    const next = await arena.admitted('paired');
    await arena.works(arena.bystander);
    next.session.close();
  });
});
