// Every message by which a viewer comes in, in every mode, over a real relay that does to it whatever it can: nobody is let
// in, nobody is asked who need not be, whoever is in stays in, and the next one comes in as ever.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import { ENVELOPE_BYTES, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { Channel, encodeReliable } from '../../shared/wire/reliable.ts';
import { HANDSHAKE_FIELDS, STEPS, type Step, startsOf } from '../fakes/handshake-fields.ts';
import { type Arena, MODES, type Mode, openArena, type Way } from './hostile-arena.ts';

const SOON = { timeout: 5_000, interval: 2 };

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
}, 60_000);
afterAll(() => arena?.close());

interface EntryAttack {
  name: string;
  /** What is delivered in place of the message. */
  change(message: Uint8Array, way: Way): Uint8Array[];
  reasons: readonly string[];
}

const BROKEN = ['malformed', 'tampered'];
const WRONG: Record<Mode, readonly string[]> = {
  code: ['wrong-code'],
  password: ['wrong-password'],
  paired: [],
  ticket: ['not-found'],
};
/** Where the ephemeral key is in HS1 and HS2. */
const EPHEMERAL_AT = ENVELOPE_BYTES + 20;
const REFUSED = Uint8Array.of(9, 2, 5, 0, 0);
const HS2_MODE_AT = ENVELOPE_BYTES + 2;

const handshake = (body: Uint8Array) => encodeMessage(envelope(MessageType.handshake), body);
const opposite: Record<Way, Way> = { 'to-host': 'to-viewer', 'to-viewer': 'to-host' };

/** By mode and step: a message of a handshake that is over. */
const earlier = new Map<string, Uint8Array>();
const withBody = (message: Uint8Array, other: Uint8Array) =>
  Uint8Array.of(...message.subarray(0, ENVELOPE_BYTES), ...other.subarray(ENVELOPE_BYTES));

function attacksOn(step: Step, mode: Mode): EntryAttack[] {
  const set = (at: number, value: number) => (message: Uint8Array) => [message.with(at, value)];
  const fields = HANDSHAKE_FIELDS[mode][step];
  const flips = startsOf(fields).map(
    (start, index): EntryAttack => ({
      name: `field ${index}`,
      change: (message) => [message.with(ENVELOPE_BYTES + start, (message[ENVELOPE_BYTES + start] ?? 0) ^ 1)],
      reasons: fields[index]?.reasons ?? [],
    }),
  );
  const own = nodePrimitives.x25519KeyPair().publicKey;
  const swap = (message: Uint8Array) => {
    const swapped = message.slice();
    swapped.set(own, EPHEMERAL_AT);
    return [swapped];
  };
  const others = [1, 2, 3, 4].filter((byte) => byte !== MODES.indexOf(mode) + 1);
  const attacks: EntryAttack[] = [
    ...flips,
    {
      name: 'its last byte',
      change: (m) => [m.with(-1, (m.at(-1) ?? 0) ^ 0x80)],
      reasons: [...BROKEN, ...WRONG[mode]],
    },
    { name: 'nothing of it', change: (m) => [m.subarray(0, ENVELOPE_BYTES)], reasons: ['malformed'] },
    { name: 'its first half', change: (m) => [m.subarray(0, (ENVELOPE_BYTES + m.length) >> 1)], reasons: BROKEN },
    { name: 'all but a byte', change: (m) => [m.subarray(0, -1)], reasons: BROKEN },
    { name: 'a byte more', change: (m) => [Uint8Array.of(...m, 0)], reasons: BROKEN },
    { name: 'version 1', change: set(ENVELOPE_BYTES + 1, 1), reasons: ['version-too-old'] },
    { name: 'version 3', change: set(ENVELOPE_BYTES + 1, 3), reasons: ['version-too-old'] },
    { name: 'suite 0', change: set(ENVELOPE_BYTES + 3, 0), reasons: ['malformed'] },
    { name: 'suite 2', change: set(ENVELOPE_BYTES + 3, 2), reasons: ['malformed'] },
    ...others.map((byte) => ({ name: `mode ${byte}`, change: set(HS2_MODE_AT, byte), reasons: BROKEN })),
    {
      name: 'that of an earlier handshake',
      change: (m) => [withBody(m, earlier.get(`${mode} ${step}`) ?? m.subarray(0, ENVELOPE_BYTES))],
      reasons: [...BROKEN, ...WRONG[mode]],
    },
    { name: 'twice', change: (m) => [m, m.slice()], reasons: ['malformed'] },
  ];
  if (step === 'hs1' || step === 'hs2')
    attacks.push({ name: 'with a key of the relay', change: swap, reasons: [...BROKEN, ...WRONG[mode]] });
  if (step === 'hs2' || step === 'hs4')
    attacks.push(
      { name: 'a refusal of the relay', change: () => [handshake(REFUSED)], reasons: ['denied'] },
      {
        name: 'a record in plain in its place',
        change: () => {
          const input = encodeReliable({ channel: Channel.permissions, id: 0, body: Uint8Array.of(0x81) });
          return [encodeMessage(envelope(MessageType.reliable), input), handshake(REFUSED)];
        },
        reasons: ['denied'],
      },
    );
  // The host is done with HS4: to get it back is nothing to it, and the viewer waits.
  if (step !== 'hs4')
    attacks.push({
      name: 'sent back',
      change: (m, way) => {
        setImmediate(() => arena.deliver(m.slice(), opposite[way]));
        return [];
      },
      reasons: ['malformed'],
    });
  return attacks;
}

/** OPAQUE with a password takes a quarter of a second a time: every third one there. */
const isTried = (mode: Mode, index: number) => mode !== 'password' || index % 3 === 0;

async function check(mode: Mode, step: Step, attack: EntryAttack): Promise<void> {
  const { host, bystander } = arena;
  let met = false;
  // coming back by ticket there was a session before
  let before = { asked: host.asked.length, frames: 0, phases: 0 };
  const viewer = await arena.connect(mode, (message, way) => {
    const isStep = message[0] === MessageType.handshake && message[ENVELOPE_BYTES] === STEPS.indexOf(step) + 1;
    if (met || !isStep) return [message];
    met = true;
    return attack.change(message, way);
  });
  if (mode === 'ticket')
    before = { asked: host.asked.length, frames: viewer.frames.length, phases: viewer.phases.length };
  const isOver = () => viewer.state.phase === 'ended' || (met && mode === 'ticket' && viewer.state.phase === 'active');
  await expect.poll(isOver, SOON).toBe(true);
  expect(met).toBe(true);
  const asked = host.asked.length - before.asked;
  if (viewer.state.phase === 'active') {
    // its ticket was not known, so it began anew: proved itself, and was asked about
    expect(attack.reasons).toContain('not-found');
    expect(asked).toBe(1);
  } else {
    expect(attack.reasons).toContain(viewer.state.error?.reason);
    expect(viewer.frames).toHaveLength(before.frames);
    if (step !== 'hs4') expect(asked).toBe(0);
    if (step !== 'hs4' || attack.name !== 'twice') expect(viewer.phases.slice(before.phases)).not.toContain('active');
  }
  viewer.session.close();
  await expect
    .poll(() => host.viewers.filter(({ connected }) => connected).map(({ id }) => id), SOON)
    .toEqual([arena.bystanderId]);
  expect(bystander.state.phase).toBe('active');
}

describe.each(MODES)('coming in by %s', (mode) => {
  test.each(STEPS)('%s', async (step) => {
    const keep = await arena.connect(mode, (message) => {
      if (message[0] === MessageType.handshake) earlier.set(`${mode} hs${message[ENVELOPE_BYTES]}`, message.slice());
      return [message];
    });
    await expect.poll(() => keep.state.phase === 'active' && earlier.has(`${mode} hs4`), SOON).toBe(true);
    keep.session.close();
    const holes: string[] = [];
    for (const [index, attack] of attacksOn(step, mode).entries())
      if (isTried(mode, index + STEPS.indexOf(step)))
        await check(mode, step, attack).catch((error: unknown) => holes.push(`${attack.name}: ${error}`));
    expect(holes).toEqual([]);
    const next = await arena.admitted(mode);
    await arena.works(arena.bystander);
    next.session.close();
  });
});
