// The second factor of the permanent password over a real relay: right, wrong, used before, guessed at, and in hostile hands.
import { expect, it } from 'vitest';
import { HandshakeType } from '../../shared/crypto/handshake-format.ts';
import { decodeMessage, ENVELOPE_BYTES, MessageType } from '../../shared/wire/envelope.ts';
import { shownAt, steppingClock } from '../fakes/authenticator.ts';
import { drop, duplicate, flipBit, only, type Tamper } from '../fakes/hostile-transport.ts';
import type { HostSite, ViewerSite } from '../fakes/session-site.ts';
import { SOON, type Stage, seesPictures, stage } from './session-stage.ts';

const PASSWORD = 'violet anvil 77 quorum';
const SLOW = { timeout: 30_000, interval: 10 };

interface Guarded {
  scene: Stage;
  codes: string[];
  /** Another code of the app, that was never shown before. */
  next(): string;
  /** What `next` gave last. */
  shown(): string;
  /** A viewer with the right password, at the question for its second factor. */
  asked(): Promise<ViewerSite>;
}

/** A host whose password needs a second factor. */
async function guarded(): Promise<Guarded> {
  const clock = steppingClock();
  const scene = await stage({ factorClock: clock });
  await scene.host.password.set(PASSWORD);
  const { uri } = await scene.host.secondFactor.propose('desk');
  const shown = () => shownAt(uri, clock.nowMs());
  const codes = await scene.host.secondFactor.confirm(shown());
  return {
    scene,
    codes,
    shown,
    next: () => {
      clock.nextCode();
      return shown();
    },
    asked: async () => {
      const viewer = await scene.connect({ secret: PASSWORD, kind: 'password' });
      await expect.poll(() => viewer.state.phase, SLOW).toBe('awaiting-factor');
      return viewer;
    },
  };
}

async function ended(viewer: ViewerSite): Promise<string | undefined> {
  await expect.poll(() => viewer.state.phase, SLOW).toBe('ended');
  return viewer.state.error?.reason;
}

const active = (viewer: ViewerSite) => expect.poll(() => viewer.state.phase, SLOW).toBe('active');
const guesses = (host: HostSite) => host.password.state.guesses;

it('opens nothing before its code is right; a ticket needs none, a host that has forgotten it does', async () => {
  const { scene, next, asked } = await guarded();
  const viewer = await asked();
  expect(scene.host.asked).toEqual([]);
  expect(scene.host.viewers).toEqual([]);
  viewer.session.answerFactor(next());
  await active(viewer);
  expect(viewer.phases.slice(-4)).toEqual(['awaiting-consent', 'awaiting-factor', 'awaiting-consent', 'active']);
  expect(scene.host.asked).toMatchObject([{ how: 'password', sas: viewer.state.sas }]);
  expect(guesses(scene.host)).toEqual({ inRow: 0, total: 0, waitUntilMs: 0 });
  await seesPictures(scene.host, viewer);

  viewer.control.cut();
  await expect.poll(() => viewer.phases.slice(-2), SLOW).toEqual(['reconnecting', 'active']);

  scene.tickets.revokeAll();
  await scene.restartHost();
  await expect
    .poll(() => viewer.phases.slice(-3), SLOW)
    .toEqual(['reconnecting', 'awaiting-consent', 'awaiting-factor']);
  viewer.session.answerFactor(next());
  await active(viewer);
});

it('turns away who has another code, one that was used, or a recovery code for the second time', async () => {
  const { scene, codes, next, shown, asked } = await guarded();
  const [recovery = ''] = codes;
  const viewer = await asked();
  viewer.session.answerFactor(shown() === '000000' ? '000001' : '000000');
  expect(await ended(viewer)).toBe('wrong-second-factor');
  expect(guesses(scene.host)).toMatchObject({ inRow: 1, total: 1 });
  expect(scene.host.asked).toEqual([]);
  expect(scene.host.activity).toMatchObject([
    { kind: 'refused', reason: 'wrong-second-factor', who: { name: 'Ana', fingerprint: viewer.identity.fingerprint } },
  ]);

  // The same password again, with the right code at once.
  viewer.session.answerFactor(next());
  await active(viewer);
  expect(viewer.phases.filter((phase) => phase === 'awaiting-factor')).toHaveLength(1);
  expect(guesses(scene.host)).toMatchObject({ inRow: 0, total: 1 });

  const again = await asked();
  again.session.answerFactor(shown());
  expect(await ended(again)).toBe('wrong-second-factor');

  const lost = await asked();
  lost.session.answerFactor(recovery.toLowerCase());
  await active(lost);
  expect(scene.host.secondFactor.state.recoveryCodesLeft).toBe(9);
  const thief = await asked();
  thief.session.answerFactor(recovery);
  expect(await ended(thief)).toBe('wrong-second-factor');
  await scene.restartHost();
  const later = await asked();
  later.session.answerFactor(recovery);
  expect(await ended(later)).toBe('wrong-second-factor');
});

it('makes everybody wait after five wrong codes, also after another start; who only looks at the question has not guessed', async () => {
  const { scene, next, asked } = await guarded();
  for (let looks = 0; looks < 3; looks += 1) (await asked()).session.close();
  await expect.poll(() => guesses(scene.host), SOON).toEqual({ inRow: 0, total: 0, waitUntilMs: 0 });
  const viewer = await asked();
  viewer.session.answerFactor('000000');
  for (let wrong = 1; wrong < 5; wrong += 1) {
    expect(await ended(viewer)).toBe('wrong-second-factor');
    viewer.session.answerFactor('000000');
  }
  expect(await ended(viewer)).toBe('wrong-second-factor');
  expect(guesses(scene.host)).toMatchObject({ inRow: 5, total: 5 });
  viewer.session.answerFactor(next());
  expect(await ended(viewer)).toBe('password-locked');
  await scene.restartHost();
  // Also what was being saved when the app was killed is there.
  await scene.host.password.load();
  const right = await scene.connect({ secret: PASSWORD, kind: 'password' });
  expect(await ended(right)).toBe('password-locked');
  // The code is another way in, and is not locked.
  await scene.admitted();
});

it('is asked for of nobody who comes with the code', async () => {
  const { scene } = await guarded();
  const viewer = await scene.admitted();
  expect(viewer.phases).not.toContain('awaiting-factor');
});

it('ends the sessions of the password when it is switched on', async () => {
  const scene = await stage();
  await scene.host.password.set(PASSWORD);
  const viewer = await scene.connect({ secret: PASSWORD, kind: 'password' });
  await active(viewer);
  const { uri } = await scene.host.secondFactor.propose('desk');
  await scene.host.secondFactor.confirm(shownAt(uri, Date.now()));
  expect(await ended(viewer)).toBe('ended-by-host');
});

const isStep = (type: number) => (message: Uint8Array) =>
  decodeMessage(message).header.type === MessageType.handshake && message[ENVELOPE_BYTES] === type;
const question = isStep(HandshakeType.challenge);
const answer = isStep(HandshakeType.answer);

it.each<[string, Tamper, string]>([
  ['changed', flipBit(-1), 'tampered'],
  ['made a grant', (message) => [message.with(ENVELOPE_BYTES, HandshakeType.hs4)], 'malformed'],
  ['asked twice', duplicate, 'malformed'],
])('a question %s by the relay ends it, and nobody is in', async (_what, tamper, reason) => {
  const { scene } = await guarded();
  const prepare = (control: ViewerSite['control']) => {
    control.incoming = only(question, tamper);
  };
  const viewer = await scene.connect({ secret: PASSWORD, kind: 'password', prepare });
  expect(await ended(viewer)).toBe(reason);
  expect(scene.host.viewers).toEqual([]);
  expect(scene.host.asked).toEqual([]);
});

it('an answer in the hands of the relay lets nobody in: lost, changed, kept back, or repeated in another handshake', async () => {
  const { scene, next, asked } = await guarded();
  const viewer = await asked();
  const caught: Uint8Array[] = [];
  const hold: Tamper = (message) => {
    caught.push(message);
    return drop(message);
  };
  viewer.control.outgoing = only(answer, hold);
  viewer.session.answerFactor(next());
  await expect.poll(() => caught.length, SOON).toBe(1);
  expect(scene.host.asked).toEqual([]);
  viewer.control.cut();
  expect(await ended(viewer)).toBe('connection-lost');
  // It was never heard, so it counts for nothing, and is good no more: it belongs to a handshake that is over.
  await expect.poll(() => guesses(scene.host).total, SOON).toBe(0);
  const other = await asked();
  other.control.outgoing = only(answer, () => caught);
  other.session.answerFactor(next());
  expect(await ended(other)).toBe('tampered');
  expect(guesses(scene.host).total).toBe(1);

  const third = await asked();
  third.control.outgoing = only(answer, flipBit(-20));
  third.session.answerFactor(next());
  expect(await ended(third)).toBe('tampered');
  expect(scene.host.viewers).toEqual([]);
  expect(scene.host.asked).toEqual([]);
});
