// Owns the list of all kinds of records that a session has, both ways, and what makes the two send one.
import { PictureStream } from '../../electron/session/host-pictures.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import { decodeMessage, EnvelopeFlag, MessageType } from '../../shared/wire/envelope.ts';
import type { ViewerSite } from '../fakes/session-site.ts';
import type { Arena, Mode, Way } from './hostile-arena.ts';

interface KindOfRecord {
  name: string;
  way: Way;
  /** Makes the two send one; called until they have. Those without one are sent all the time. */
  provoke?(arena: Arena, victim: ViewerSite): void;
  /** Where it is sent; left out: everywhere. */
  modes?: readonly Mode[];
  /** Nothing follows it. */
  isLast?: boolean;
  /** It comes when it likes: it meets few attacks, or the tests would wait. */
  isRare?: boolean;
}
export type RecordKind = KindOfRecord &
  ({ sort: 'reliable' } | { sort: 'picture'; type: MessageType; stream: number; flags: number });

/** In a session by key the two are paired already. */
const UNPAIRED: readonly Mode[] = ['code', 'password'];
const SHAPE = { widthPx: 2, heightPx: 2, hotXPx: 0, hotYPx: 0, rgba: new Uint8Array(16) };
const KEY_FLAGS = EnvelopeFlag.key | EnvelopeFlag.config;
const PREFERENCES = { mode: 'sharp', maxFramesPerSecond: 30, greyscale: false } as const;

const reliable = (
  way: Way,
  name: string,
  provoke?: KindOfRecord['provoke'],
  more: Partial<KindOfRecord> = {},
): RecordKind => ({ ...more, name, sort: 'reliable', way, ...(provoke && { provoke }) });

const picture = (
  name: string,
  type: MessageType,
  stream: number,
  flags: number,
  provoke: KindOfRecord['provoke'],
): RecordKind => ({ name, sort: 'picture', way: 'to-viewer', type, stream, flags, ...(provoke && { provoke }) });

export const RECORD_KINDS: readonly RecordKind[] = [
  reliable('to-host', 'input', (arena, victim) => arena.type(victim)),
  reliable('to-host', 'time question', undefined, { isRare: true }),
  reliable('to-host', 'measuring', (_, { session }) => {
    session.setMeasuring(false);
    session.setMeasuring(true);
  }),
  reliable('to-host', 'picture-preferences', (_, { session }) => session.setPicturePreferences(PREFERENCES)),
  reliable('to-host', 'keyframe-request', (arena, { session }) => {
    session.reportTrouble({ kind: 'need-key-frame', codec: 'av1', detail: '' });
    arena.capture(true);
  }),
  reliable('to-host', 'codec-failed', (_, { session }) =>
    session.reportTrouble({ kind: 'codec-failed', codec: 'av1', detail: '' }),
  ),
  reliable('to-host', 'display-select', (_, { session }) => session.selectSource('screen:0')),
  reliable('to-host', 'feedback', (arena) => arena.capture(false)),
  reliable('to-host', 'pairing-request', (_, { session }) => session.requestPairing(true), { modes: UNPAIRED }),
  reliable('to-host', 'end', (_, { session }) => session.close(), { isLast: true }),
  reliable('to-viewer', 'time answer', undefined, { isRare: true }),
  reliable('to-viewer', 'alive', undefined, { isRare: true, modes: ['paired'] }),
  reliable('to-viewer', 'injected', (arena, victim) => {
    victim.session.setMeasuring(true);
    arena.type(victim);
  }),
  reliable('to-viewer', 'permissions', (arena) =>
    arena.withVictim((id) => {
      for (const next of [VIEW_ONLY, VIEW_AND_CONTROL]) arena.host.room.setPermissions(id, next);
    }),
  ),
  reliable('to-viewer', 'group-key', ({ host, bystanderId }) =>
    host.room.setPermissions(bystanderId, VIEW_AND_CONTROL),
  ),
  reliable('to-viewer', 'display-list', ({ host }) => host.room.selectSource('screen:0')),
  reliable('to-viewer', 'picture-problem', ({ host }) => {
    host.source.events?.onProblem(new TarnetError('capture-failed', 'gone'));
    host.source.events?.onProblem(null);
  }),
  reliable('to-viewer', 'pairing-news', (arena) => arena.offerPairing(), { modes: UNPAIRED }),
  reliable('to-viewer', 'paired', (_, { session }) => session.requestPairing(true), { modes: UNPAIRED }),
  reliable('to-viewer', 'end', (arena) => arena.withVictim((id) => arena.host.room.disconnectViewer(id)), {
    isLast: true,
  }),
  picture('key frame', MessageType.media, PictureStream.frames, KEY_FLAGS, (arena) => arena.capture(true)),
  picture('frame', MessageType.media, PictureStream.frames, 0, (arena) => arena.capture(false)),
  picture('pointer', MessageType.cursor, PictureStream.cursor, 0, ({ host }) =>
    host.source.events?.onCursor({ xPx: 3, yPx: 4, visible: true, shape: null }),
  ),
  picture('shape of the pointer', MessageType.cursor, PictureStream.cursorShape, 0, ({ host }) =>
    host.source.events?.onCursor({ xPx: 3, yPx: 4, visible: true, shape: SHAPE }),
  ),
];

/** Whether a record belongs to this kind: reliable ones by what was sealed in them, pictures by what everybody can see. */
export function isOfKind(arena: Arena, kind: RecordKind, message: Uint8Array): boolean {
  const { header } = decodeMessage(message);
  if (kind.sort === 'reliable')
    return header.type === MessageType.reliable && arena.contentOf(message)?.kind === kind.name;
  return header.type === kind.type && header.stream === kind.stream && header.flags === kind.flags;
}
