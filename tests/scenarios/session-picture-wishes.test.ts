// What viewers say of the pictures: what they wish, and what has come; and what becomes of one that lies.
import { expect, it } from 'vitest';
import { encodePictureFeedback } from '../../shared/wire/messages/picture-feedback.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { makeRawViewer } from '../fakes/session-site.ts';
import { SOON, seesPictures, stage } from './session-stage.ts';

it('a viewer’s wishes reach whoever encodes, and outlive a lost connection', async () => {
  const { host, admitted } = await stage();
  const viewer = await admitted();
  viewer.session.setPicturePreferences({ mode: 'low-data', maxFramesPerSecond: 5, greyscale: true });
  const wished = { mode: 'low-data', framesPerSecond: 5, greyscale: true };
  await expect.poll(() => host.source.budget, SOON).toMatchObject(wished);
  viewer.control.cut();
  await expect.poll(() => viewer.phases.at(-1), SOON).toBe('reconnecting');
  viewer.session.setPicturePreferences({ mode: 'low-data', maxFramesPerSecond: 3, greyscale: false });
  await expect.poll(() => viewer.state.phase, SOON).toBe('active');
  await expect
    .poll(() => host.source.budget, SOON)
    .toMatchObject({ mode: 'low-data', framesPerSecond: 3, greyscale: false });
});

it('one viewer’s thrift does not make the picture worse for another', async () => {
  const { host, admitted } = await stage();
  const thrifty = await admitted();
  thrifty.session.setPicturePreferences({ mode: 'low-data', maxFramesPerSecond: 5, greyscale: true });
  await expect.poll(() => host.source.budget.greyscale, SOON).toBe(true);
  const other = await admitted();
  await expect.poll(() => host.source.budget, SOON).toMatchObject({ mode: 'automatic', greyscale: false });
  other.session.close();
  await expect.poll(() => host.source.budget, SOON).toMatchObject({ mode: 'low-data', framesPerSecond: 5 });
});

it('a viewer that says more has come than was sent ends its own session, and no other', async () => {
  const { relay, host, admitted } = await stage();
  const honest = await admitted();
  await expect.poll(() => host.code(), SOON).not.toBeNull();
  const liar = await makeRawViewer(relay.open, relay.url, host.code()!);
  const feedback = { waitingFrames: 0, arrivedMs: 1, heldMs: 0, roundTripMs: null, receivedBytes: 1 };
  liar.granted.records.send(Channel.feedback, encodePictureFeedback({ ...feedback, seq: 1_000_000 }));
  await expect.poll(() => host.viewers.length, SOON).toBe(1);
  expect(host.activity.at(-1)).toMatchObject({ kind: 'left', reason: 'malformed' });
  expect(honest.state.phase).toBe('active');
  await seesPictures(host, honest);
});
