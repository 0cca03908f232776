// Owns how being reachable without encryption is put together: apart from the room of those who prove who they are.
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { PlainSharing } from '../app/plain-sharing.ts';
import type { CaptureSources } from '../capture/capture-source.ts';
import type { CaptureWindow } from '../capture/capture-window.ts';
import { JpegPictures } from '../capture/jpeg-pictures.ts';
import type { ConsentPort } from '../session/consent.ts';
import { PlainShare } from '../session/plain/plain-share.ts';
import type { InputSink } from '../session/room-ports.ts';
import { openTextWebSocket } from '../transport/text-transport.ts';
import type { Ground } from './ground.ts';

export interface PlainParts {
  sharing: PlainSharing;
  host: PlainShare;
}

export interface PlainSurroundings {
  sources: CaptureSources;
  /** A window of its own. */
  window: CaptureWindow;
  /** Asks the host's user. */
  desk: ConsentPort;
  input: InputSink;
  activity: Pick<ActivityLog, 'add'>;
  onSource(source: CaptureSource): void;
  /** Somebody came, went, or may do something else. */
  onChanged(): void;
  /** Those who watched are gone by themselves. */
  onLeft(): void;
}

export function composePlain(
  { clock, log, state, settings }: Ground,
  { sources, window, desk, input, activity, onSource, onChanged, onLeft }: PlainSurroundings,
): PlainParts {
  const host = new PlainShare({
    open: openTextWebSocket,
    clock,
    log: log.scope('unencrypted'),
    desk,
    input,
    pictures: new JpegPictures({ sources, window, clock, log: log.scope('unencrypted') }),
    onStatus: (status) => {
      sharing.statusChanged(status);
      onChanged();
    },
    onSource,
    onActivity: (event) => {
      sharing.note(event);
      if (event.kind === 'left' && event.reason === 'ended-by-viewer') onLeft();
    },
  });
  const sharing = new PlainSharing({
    store: state,
    host,
    remember: (typed) => settings.update(typed),
    addActivity: (facts) => activity.add(facts),
    nowMs: () => clock.nowMs(),
  });
  return { sharing, host };
}
