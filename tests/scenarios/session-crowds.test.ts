// Crowds of strangers in front of a host: whoever is in stays in, and the host stays where it is.
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import { ViewerHandshake } from '../../electron/session/viewer-handshake.ts';
import { joinAsViewer } from '../../electron/transport/relay-client.ts';
import { decodeRefusal } from '../../shared/crypto/handshake-format.ts';
import { envelope, MessageType } from '../../shared/wire/envelope.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import { inProcessOpaque } from '../fakes/in-process-opaque.ts';
import { makeViewer } from '../fakes/session-site.ts';
import { SOON, type Stage, seesPictures, stage } from './session-stage.ts';

const PATIENT = { timeout: 40_000, interval: 20 };

/** Comes in, says this to the host, and hears why it is sent away; leaves when it is answered instead. */
function stranger({ relay }: Stage, says: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const link = joinAsViewer(
      { url: relay.url, hostId: '*', open: relay.open, clock: systemClock },
      {
        onJoined: () => link.send(envelope(MessageType.handshake), says),
        onHostLeft: () => resolve('host left'),
        onMessage: (_, body) => {
          const answer = decodeRefusal(body)?.reason;
          if (answer === undefined) link.close();
          resolve(answer ?? 'answered');
        },
        onClose: (reason) => resolve(reason),
      },
    );
    onTestFinished(() => link.close());
  });
}

it('a thousand guesses at the password in one moment: five are looked at, a paired device comes in meanwhile', async () => {
  const crowd = 1_000;
  const room = { maxConnections: 2_000, maxConnectionsPerAddress: 2_000, maxViewersPerRoom: 2_000 };
  const scene = await stage({ limits: room });
  const { host, relay } = scene;
  await host.password.set('violet anvil 77 quorum');
  const identity = newIdentity();
  await host.devices.add('Ana', identity.publicIdentity);
  const guesser = new ViewerHandshake({
    primitives: nodePrimitives,
    opaque: inProcessOpaque(),
    identity: newIdentity(),
    hostId: host.hostId,
    credential: { kind: 'password', secret: 'violet anvil 77 forum' },
    hello: new Uint8Array(),
    acceptHost: () => undefined,
  });
  const hs1 = await guesser.start();
  const guesses = Promise.all(Array.from({ length: crowd }, () => stranger(scene, hs1)));

  const ana = makeViewer({ open: relay.open, identity });
  onTestFinished(() => ana.session.close());
  ana.session.connect({ url: relay.url, hostId: '*', proof: { kind: 'paired', host: scene.identity.publicIdentity } });
  await expect
    .poll(() => {
      // its user clicks again while the door is crowded
      if (ana.state.phase === 'ended') ana.session.retry(null);
      return ana.state.phase;
    }, PATIENT)
    .toBe('active');
  const fates = await guesses;
  expect(fates).toHaveLength(crowd);
  const { inRow, total } = host.password.state.guesses;
  expect({ inRow, total }).toEqual({ inRow: 5, total: 5 });
  expect(ana.state.phase).toBe('active');
  await seesPictures(host, ana);
  expect(host.online).toEqual([null]);

  // started anew it still waits
  await scene.restartHost();
  await expect.poll(() => scene.host.ready(), SOON).toBe(true);
  await Promise.all(Array.from({ length: 20 }, () => stranger(scene, hs1)));
  expect(scene.host.password.state.guesses).toMatchObject({ inRow: 5, total: 5 });
});

it('a hundred that talk nonsense are sent away, and nobody else notices', async () => {
  const scene = await stage();
  const viewer = await scene.admitted();
  const fates: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const crowd = Array.from({ length: 10 }, () => stranger(scene, Uint8Array.of(7)));
    fates.push(...(await Promise.all(crowd)));
  }
  expect(fates).toHaveLength(100);
  expect(new Set(fates)).toEqual(new Set(['malformed']));
  await seesPictures(scene.host, viewer);
  expect(scene.host.online).toEqual([null]);
  await expect.poll(() => viewer.phases, SOON).toEqual(['connecting', 'handshaking', 'awaiting-consent', 'active']);
});
