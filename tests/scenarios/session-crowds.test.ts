// Crowds of strangers in front of a host: whoever is in stays in, and the host stays where it is.
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { joinAsViewer } from '../../electron/transport/relay-client.ts';
import { envelope, MessageType } from '../../shared/wire/envelope.ts';
import { SOON, type Stage, seesPictures, stage } from './session-stage.ts';

/** Comes in, says this to the host, and hears why it is sent away. */
function stranger({ relay }: Stage, says: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const link = joinAsViewer(
      { url: relay.url, hostId: '*', open: relay.open, clock: systemClock },
      {
        onJoined: () => link.send(envelope(MessageType.handshake), says),
        onHostLeft: () => resolve('host left'),
        onMessage: () => undefined,
        onClose: (reason) => resolve(reason),
      },
    );
    onTestFinished(() => link.close());
  });
}

it('a hundred that talk nonsense are sent away, and nobody else notices', async () => {
  const scene = await stage();
  const viewer = await scene.admitted();
  const fates: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const crowd = Array.from({ length: 10 }, () => stranger(scene, Uint8Array.of(7)));
    fates.push(...(await Promise.all(crowd)));
  }
  expect(fates).toHaveLength(100);
  expect(new Set(fates)).toEqual(new Set(['ended-by-host']));
  await seesPictures(scene.host, viewer);
  expect(scene.host.online).toEqual([null]);
  await expect.poll(() => viewer.phases, SOON).toEqual(['connecting', 'handshaking', 'awaiting-consent', 'active']);
});
