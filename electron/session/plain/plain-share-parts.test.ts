import { describe, expect, it } from 'vitest';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { InputEvent } from '../../../shared/model/input-event.ts';
import { type Permissions, VIEW_AND_CONTROL } from '../../../shared/model/permissions.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import type { Applicant, ConsentOutcome } from '../consent.ts';
import { PlainAudience } from './plain-audience.ts';
import { PLAIN_COUNTER_LIMITS, PlainCounter } from './plain-counter.ts';
import { PLAIN_HANDS_LIMITS, PlainHands } from './plain-hands.ts';
import type { PlainPictureEvents } from './plain-picture-port.ts';
import { PLAIN_QUESTION_LIMITS, PlainQuestion } from './plain-question.ts';
import { PlainShow } from './plain-show.ts';

describe('who is there', () => {
  it('is new as soon as there are more than were agreed to', () => {
    const audience = new PlainAudience();
    expect(audience.counted(0)).toBe('same');
    expect(audience.counted(1)).toBe('new');
    expect(audience.counted(1)).toBe('new');
    audience.agree(1);
    expect(audience.counted(1)).toBe('same');
    expect(audience.counted(3)).toBe('new');
    audience.agree(3);
    expect(audience.counted(2)).toBe('fewer');
    expect(audience.counted(3)).toBe('new');
    expect(audience.counted(0)).toBe('empty');
    expect(audience.counted(1)).toBe('new');
  });

  it('has no more names than were agreed to', () => {
    const audience = new PlainAudience();
    expect(audience.handOf('a')).toBe('new');
    audience.counted(20);
    audience.agree(20);
    const first = audience.handOf('a');
    expect(first).toMatchObject({ holdsAny: false });
    expect(audience.handOf('a')).toBe(first);
    for (let at = 1; at < 16; at += 1) expect(audience.handOf(`client ${at}`)).toMatchObject({ holdsAny: false });
    expect(audience.handOf('one more')).toBeNull();
    audience.counted(1);
    expect(audience.handOf('b')).toMatchObject({ holdsAny: false });
    expect(audience.handOf('a')).toBe('new');
  });
});

describe('the count', () => {
  it('is asked for one question at a time, and is old when no answer comes', () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    let silent = 0;
    const counter = new PlainCounter(clock, { ask: (text) => asked.push(text), onSilent: () => silent++ });
    expect(counter.isFresh).toBe(false);
    counter.start();
    expect(asked).toEqual(['{"type":"get_hosts"}']);
    clock.advance(PLAIN_COUNTER_LIMITS.everyMs * 3);
    expect(asked).toHaveLength(1);
    counter.answered();
    expect(counter.isFresh).toBe(true);
    clock.advance(PLAIN_COUNTER_LIMITS.everyMs);
    expect(asked).toHaveLength(2);
    clock.advance(PLAIN_COUNTER_LIMITS.freshMs);
    expect(counter.isFresh).toBe(false);
    clock.advance(PLAIN_COUNTER_LIMITS.silentMs);
    expect(silent).toBe(1);
    expect(clock.pending).toBe(0);
  });
});

describe('the question', () => {
  function make() {
    const clock = new FakeClock();
    const asked: { applicant: Applicant; signal: AbortSignal; answer: (outcome: ConsentOutcome) => void }[] = [];
    const answers: (Permissions | ErrorReason)[] = [];
    const question = new PlainQuestion({
      clock,
      desk: {
        request: (applicant, signal) => new Promise((answer) => asked.push({ applicant, signal, answer })),
      },
      onAnswer: (answer) => answers.push(answer),
    });
    const say = async (outcome: ConsentOutcome) => {
      asked.at(-1)?.answer(outcome);
      await Promise.resolve();
    };
    return { clock, asked, answers, question, say };
  }

  it('names their number, and a newer one takes its place', async () => {
    const { asked, answers, question, say } = make();
    question.ask(1, 'relay');
    question.ask(2, 'relay');
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[0]?.answer(VIEW_AND_CONTROL);
    await Promise.resolve();
    expect(answers).toEqual([]);
    expect(asked[1]?.applicant).toMatchObject({ asks: 'plain-access', how: 'none', viewers: 2, fingerprint: [] });
    await say(VIEW_AND_CONTROL);
    expect(answers).toEqual([VIEW_AND_CONTROL]);
  });

  it('gives peace after a no, longer each time', async () => {
    const { clock, answers, question, say } = make();
    const { quietMs } = PLAIN_QUESTION_LIMITS;
    for (const [times, outcome] of [
      [1, 'deny'],
      [2, 'timeout'],
      [4, 'disturbed'],
    ] as const) {
      expect(question.isDue(1)).toBe(true);
      question.ask(1, 'relay');
      await say(outcome);
      question.counted(0);
      clock.advance(quietMs * times - 1);
      expect(question.isDue(1)).toBe(false);
      clock.advance(1);
    }
    expect(answers).toEqual(['denied', 'consent-timeout', 'do-not-disturb']);
    question.ask(1, 'relay');
    await say(new Set());
    expect(answers.at(-1)).toBe('denied');
    clock.advance(PLAIN_QUESTION_LIMITS.maxQuietMs);
    // the same ones are still there: nobody is asked about them again
    expect([question.isDue(1), question.isDue(2)]).toEqual([false, true]);
  });
});

describe('the hands', () => {
  it('let go of what is held when their client says nothing more', () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    const audience = new PlainAudience();
    const hands = new PlainHands({
      clock,
      audience,
      input: {
        admit: (id) => calls.push(`admit ${id}`),
        accept: (_id, event: InputEvent) => calls.push(event.kind) > 0,
        whenInjected: () => undefined,
        release: (id) => calls.push(`release ${id}`),
        dismiss: (id) => calls.push(`dismiss ${id}`),
      },
      onActed: () => calls.push('acted'),
    });
    audience.counted(1);
    audience.agree(1);
    expect(hands.command('c', { type: 'key_down', key: 'a' })).toBe('done');
    expect(calls).toEqual([]);
    hands.setControl(true);
    hands.command('c', { type: 'key_down', key: 'a' });
    expect(hands.command('another', { type: 'key_down', key: 'a' })).toBe('new');
    clock.advance(PLAIN_HANDS_LIMITS.silentHoldMs - 1);
    hands.command('c', { type: 'mouse_move', x: 1, y: 1 });
    clock.advance(PLAIN_HANDS_LIMITS.silentHoldMs - 1);
    expect(calls).toEqual(['admit unencrypted c', 'key', 'acted', 'move', 'acted']);
    clock.advance(1);
    expect(calls.at(-1)).toBe('release unencrypted c');
    hands.letGo();
    expect(calls.at(-1)).toBe('dismiss unencrypted c');
    expect(clock.pending).toBe(0);
  });
});

describe('the pictures', () => {
  function make() {
    const clock = new FakeClock();
    const calls: string[] = [];
    const state = { mayShow: true, events: null as PlainPictureEvents | null, taken: () => undefined as unknown };
    const show = new PlainShow({
      clock,
      pictures: {
        start: (sourceId, events) => {
          calls.push(`start ${sourceId}`);
          state.events = events;
        },
        next: () => calls.push('next'),
        refresh: () => calls.push('refresh'),
        viewerActed: () => undefined,
        stop: () => calls.push('stop'),
      },
      mayShow: () => state.mayShow,
      send: (message, onTaken) => {
        calls.push(String(JSON.parse(message('h')).data));
        state.taken = onTaken;
      },
      onSource: () => undefined,
      onProblem: () => undefined,
    });
    const picture = (byte: number) => state.events?.onPicture(Uint8Array.of(byte));
    return { clock, calls, state, show, picture };
  }

  it('go one at a time, and of those that wait only the newest', () => {
    const { calls, state, show, picture } = make();
    show.begin();
    expect(calls).toEqual([]);
    show.selectSource('one');
    show.begin();
    picture(1);
    picture(2);
    picture(3);
    expect(calls).toEqual(['start one', 'AQ==']);
    state.taken();
    expect(calls).toEqual(['start one', 'AQ==', 'next', 'Aw==']);
    // what was on its way before it ended is nobody's any more
    const old = state.taken;
    show.end();
    show.begin();
    old();
    expect(calls.slice(4)).toEqual(['stop', 'start one']);
  });

  it('wait until it is known who would see them, and are sent again for whoever comes later', () => {
    const { clock, calls, state, show, picture } = make();
    show.selectSource('one');
    show.begin();
    state.mayShow = false;
    picture(1);
    show.tick();
    expect(calls).toEqual(['start one']);
    state.mayShow = true;
    show.tick();
    expect(calls).toEqual(['start one', 'AQ==']);
    state.taken();
    show.tick();
    expect(calls.at(-1)).toBe('next');
    clock.advance(2_000);
    show.tick();
    expect(calls.at(-1)).toBe('refresh');
    show.end();
    show.tick();
    show.refresh();
    expect(calls.at(-1)).toBe('stop');
  });
});
