// Golden bytes, round trips and refusals of every message that is MessagePack.
import fc from 'fast-check';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import type { PackedMessage } from '../packed.ts';
import { aliveMessage } from './alive.ts';
import { codecFailedMessage } from './codec-failed.ts';
import { displayToHostMessage, displayToViewerMessage } from './display-channel.ts';
import { displayListMessage } from './display-list.ts';
import { displaySelectMessage } from './display-select.ts';
import { endMessage } from './end.ts';
import { grantMessage } from './grant.ts';
import { groupKeyMessage } from './group-key.ts';
import { helloMessage } from './hello.ts';
import { keyframeRequestMessage } from './keyframe-request.ts';
import { permissionsUpdateMessage } from './permissions-update.ts';
import { picturePreferencesMessage } from './picture-preferences.ts';
import { pictureProblemMessage } from './picture-problem.ts';
import { sessionToHostMessage, sessionToViewerMessage } from './session-channel.ts';

interface Case {
  name: string;
  codec: PackedMessage<v.GenericSchema>;
  value: Record<string, unknown>;
  golden: string;
  wrong: { field: string; change: Record<string, unknown> }[];
}

const u32 = 0xffff_ffff;

const CASES: Case[] = [
  {
    name: 'hello',
    codec: helloMessage,
    value: { protocolVersion: 2, name: 'Ana', system: 'Linux', decoders: ['av1', 'h264'], viewOnly: false },
    golden:
      '85af70726f746f636f6c56657273696f6e02a46e616d65a3416e61a673797374656da54c696e7578a86465636f6465727392a3617631a468323634a8766965774f6e6c79c2',
    wrong: [
      { field: 'hello.name', change: { name: 'x'.repeat(129) } },
      { field: 'hello.name', change: { name: 'Ana\nroot' } },
      { field: 'hello.name', change: { name: 'Ana\u202etxt' } },
      { field: 'hello.decoders', change: { decoders: ['av1', 'av1', 'av1', 'av1', 'av1'] } },
      { field: 'hello.decoders.0', change: { decoders: ['tiles'] } },
      { field: 'hello.extra', change: { extra: 1 } },
    ],
  },
  {
    name: 'grant',
    codec: grantMessage,
    value: {
      protocolVersion: 2,
      name: 'Desk',
      system: 'Linux',
      permissionBits: 3,
      sources: [{ id: 'screen:0:0', name: 'Screen 1' }],
      selectedId: 'screen:0:0',
      ticketId: new Uint8Array(16).fill(7),
      ticketLifetimeMs: 600_000,
    },
    golden:
      '88af70726f746f636f6c56657273696f6e02a46e616d65a44465736ba673797374656da54c696e7578ae7065726d697373696f6e4269747303a7736f75726365739182a26964aa73637265656e3a303a30a46e616d65a853637265656e2031aa73656c65637465644964aa73637265656e3a303a30a87469636b65744964c41007070707070707070707070707070707b07469636b65744c69666574696d654d73ce000927c0',
    wrong: [
      { field: 'grant.ticketId', change: { ticketId: new Uint8Array(15) } },
      { field: 'grant.permissionBits', change: { permissionBits: -1 } },
      { field: 'grant.ticketLifetimeMs', change: { ticketLifetimeMs: 3_600_001 } },
    ],
  },
  {
    name: 'group-key',
    codec: groupKeyMessage,
    value: { op: 'group-key', epoch: 5, key: new Uint8Array(32).fill(9), signed: true, firstFrame: 7 },
    golden: `85a26f70a967726f75702d6b6579a565706f636805a36b6579c420${'09'.repeat(32)}a67369676e6564c3aa66697273744672616d6507`,
    wrong: [
      { field: 'group-key.epoch', change: { epoch: 65_536 } },
      { field: 'group-key.key', change: { key: new Uint8Array(31) } },
    ],
  },
  {
    name: 'alive',
    codec: aliveMessage,
    value: { op: 'alive', newestSeq: null },
    golden: '82a26f70a5616c697665a96e6577657374536571c0',
    wrong: [{ field: 'alive.newestSeq', change: { newestSeq: u32 + 1 } }],
  },
  {
    name: 'end',
    codec: endMessage,
    value: { op: 'end', reason: 'share-stopped' },
    golden: '82a26f70a3656e64a6726561736f6ead73686172652d73746f70706564',
    wrong: [{ field: 'end.reason', change: { reason: 'because' } }],
  },
  {
    name: 'permissions',
    codec: permissionsUpdateMessage,
    value: { permissionBits: 1 },
    golden: '81ae7065726d697373696f6e4269747301',
    wrong: [{ field: 'permissions.permissionBits', change: { permissionBits: 1.5 } }],
  },
  {
    name: 'display-list',
    codec: displayListMessage,
    value: { op: 'display-list', sources: [], selectedId: null },
    golden: '83a26f70ac646973706c61792d6c697374a7736f757263657390aa73656c65637465644964c0',
    wrong: [{ field: 'display-list.sources', change: { sources: Array(65).fill({ id: 'a', name: 'b' }) } }],
  },
  {
    name: 'display-select',
    codec: displaySelectMessage,
    value: { op: 'display-select', sourceId: 'a' },
    golden: '82a26f70ae646973706c61792d73656c656374a8736f757263654964a161',
    wrong: [{ field: 'display-select.sourceId', change: { sourceId: '' } }],
  },
  {
    name: 'keyframe-request',
    codec: keyframeRequestMessage,
    value: { op: 'keyframe-request', lastSeq: 4 },
    golden: '82a26f70b06b65796672616d652d72657175657374a76c61737453657104',
    wrong: [{ field: 'keyframe-request.lastSeq', change: { lastSeq: -1 } }],
  },
  {
    name: 'codec-failed',
    codec: codecFailedMessage,
    value: { op: 'codec-failed', codec: 'vp9' },
    golden: '82a26f70ac636f6465632d6661696c6564a5636f646563a3767039',
    wrong: [{ field: 'codec-failed.codec', change: { codec: 'mpeg' } }],
  },
  {
    name: 'picture-preferences',
    codec: picturePreferencesMessage,
    value: { op: 'picture-preferences', mode: 'low-data', maxFramesPerSecond: null, greyscale: true },
    golden:
      '84a26f70b3706963747572652d707265666572656e636573a46d6f6465a86c6f772d64617461b26d61784672616d65735065725365636f6e64c0a9677265797363616c65c3',
    wrong: [
      { field: 'picture-preferences.mode', change: { mode: 'pretty' } },
      { field: 'picture-preferences.maxFramesPerSecond', change: { maxFramesPerSecond: 0 } },
      { field: 'picture-preferences.maxFramesPerSecond', change: { maxFramesPerSecond: 121 } },
      { field: 'picture-preferences.greyscale', change: { greyscale: 1 } },
    ],
  },
  {
    name: 'picture-problem',
    codec: pictureProblemMessage,
    value: { op: 'picture-problem', reason: 'capture-failed' },
    golden: '82a26f70af706963747572652d70726f626c656da6726561736f6eae636170747572652d6661696c6564',
    wrong: [{ field: 'picture-problem.reason', change: { reason: 5 } }],
  },
];

const unchecked = (message: Record<string, unknown>, codec: Case['codec']) => codec.encode(message);

describe.each(CASES)('$name', ({ codec, value, golden, wrong }) => {
  it('has these bytes and comes back as it was', () => {
    const body = codec.encode(value);
    expect(Buffer.from(body).toString('hex')).toBe(golden);
    expect(codec.decode(body)).toEqual(value);
  });

  it.each(wrong)('names $field', ({ field, change }) => {
    let body: Uint8Array;
    try {
      body = unchecked({ ...value, ...change }, codec);
    } catch (error) {
      expect(error).toMatchObject({ reason: 'too-large' });
      return;
    }
    expect(() => codec.decode(body)).toThrow(expect.objectContaining({ reason: 'malformed', field }));
  });

  it('misses no field', () => {
    for (const key of Object.keys(value)) {
      const { [key]: _, ...rest } = value;
      expect(() => codec.decode(unchecked(rest, codec))).toThrow(expect.objectContaining({ reason: 'malformed' }));
    }
  });

  it('refuses what is over its size before it reads it', () => {
    expect(() => codec.decode(new Uint8Array(codec.maxBytes + 1))).toThrow(
      expect.objectContaining({ reason: 'too-large' }),
    );
  });

  it('reads any bytes or says what is wrong', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    const damaged = fc.tuple(fc.nat(codec.encode(value).length - 1), fc.nat(255)).map(([place, byte]) => {
      const body = codec.encode(value);
      body[place] = byte;
      return body;
    });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), (body) => {
        try {
          codec.decode(body);
        } catch (error) {
          if (!(error instanceof TarnetError)) throw error;
          expect(['malformed', 'too-large']).toContain(error.reason);
        }
      }),
    );
  });
});

describe('channels', () => {
  const opOf = (message: unknown) => (message as { op: string }).op;

  it.each([
    ['session to the viewer', sessionToViewerMessage, ['group-key', 'alive', 'end']],
    ['session to the host', sessionToHostMessage, ['end']],
    ['display to the viewer', displayToViewerMessage, ['display-list', 'picture-problem']],
    [
      'display to the host',
      displayToHostMessage,
      ['display-select', 'keyframe-request', 'codec-failed', 'picture-preferences'],
    ],
  ] as [string, PackedMessage<v.GenericSchema>, string[]][])(
    '%s carries its messages and no other',
    (_, codec, ops) => {
      for (const { name, codec: own, value } of CASES) {
        if (!('op' in value)) continue;
        const body = own.encode(value);
        if (ops.includes(name)) expect(opOf(codec.decode(body))).toBe(name);
        else expect(() => codec.decode(body)).toThrow(TarnetError);
      }
    },
  );
});
