import { expect, test } from 'vitest';
import {
  sampleConnection,
  sampleConsentRequest,
  sampleNotice,
  sampleShareOn,
  sampleState,
  sampleViewer,
} from '../../tests/fakes/sample-state.ts';
import {
  consentAnswered,
  noticeDismissed,
  sessionSource,
  sessionViewOnly,
  settingsChanged,
  shareStarting,
  shareStopping,
  viewerPermission,
} from './predicted.ts';
import { addPrediction, livePredictions, PREDICTION_LIMITS, type Prediction, withPredictions } from './predictions.ts';

const state = sampleState({
  share: sampleShareOn({ viewers: [sampleViewer(), sampleViewer({ id: 'v2', permissions: ['view'] })] }),
  connections: [sampleConnection()],
  consentRequests: [sampleConsentRequest()],
  notices: [sampleNotice()],
});

const EVERY = {
  shareStopping: shareStopping(),
  shareStarting: shareStarting(),
  takeControl: viewerPermission('v1', 'control', false),
  giveControl: viewerPermission('v2', 'control', true),
  sessionViewOnly: sessionViewOnly('c1', true),
  sessionSource: sessionSource('c1', 'screen:1:0'),
  consentAnswered: consentAnswered('r1'),
  noticeDismissed: noticeDismissed('n1'),
  settingsChanged: settingsChanged({
    theme: 'dark',
    relayPort: 8001,
    permissionDefaults: { ...state.settings.permissionDefaults, recording: 'deny' },
  }),
};

test.each(Object.entries(EVERY))('%s is fulfilled by exactly what it shows', (name, expected) => {
  const before = name === 'shareStarting' ? sampleState() : state;
  expect(expected.isFulfilled(before)).toBe(false);
  expect(expected.isFulfilled(expected.apply(before))).toBe(true);
});

test.each(Object.entries(EVERY))('%s does no harm where its thing is gone', (_name, expected) => {
  const empty = sampleState();
  expect(() => expected.apply(empty)).not.toThrow();
});

test('giving control keeps the other permissions and touches no other viewer', () => {
  const shown = viewerPermission('v2', 'control', true).apply(state);
  expect(shown.share.viewers.map(({ permissions }) => permissions)).toEqual([
    ['view', 'control'],
    ['view', 'control'],
  ]);
});

test('a newer prediction replaces the one about the same thing, and the list is bounded', () => {
  const one = { about: 'a', expiresAtMs: 1, apply: () => state, isFulfilled: () => false };
  expect(addPrediction([one], { ...one, expiresAtMs: 2 })).toEqual([{ ...one, expiresAtMs: 2 }]);
  let many: Prediction[] = [];
  for (let index = 0; index < 100; index++) many = addPrediction(many, { ...one, about: `${index}` });
  expect(many).toHaveLength(PREDICTION_LIMITS.maxPredictions);
  expect(many.at(-1)?.about).toBe('99');
});

test('predictions end when fulfilled or expired, and apply in order until then', () => {
  const live = { ...settingsChanged({ theme: 'dark' }), expiresAtMs: 10 };
  const expired = { ...shareStopping(), expiresAtMs: 5 };
  const fulfilled = { ...settingsChanged({ discovery: true }), expiresAtMs: 10 };
  expect(livePredictions([live, expired, fulfilled], state, 5)).toEqual([live]);
  expect(withPredictions(state, [live]).settings.theme).toBe('dark');
});
