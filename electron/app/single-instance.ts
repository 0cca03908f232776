// Owns that there is one app per profile: a second start hands what it was asked for to the first, and ends.
import * as v from 'valibot';
import type { Log } from '../../shared/base/log.ts';
import { COMMAND_LINE_LIMITS, parseCommandLine, type StartRequest } from './command-line.ts';

const handedOverSchema = v.strictObject({
  args: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(COMMAND_LINE_LIMITS.argumentLength))),
    v.maxLength(COMMAND_LINE_LIMITS.arguments),
  ),
  workingFolder: v.pipe(v.string(), v.maxLength(COMMAND_LINE_LIMITS.argumentLength)),
});
export type HandedOver = v.InferOutput<typeof handedOverSchema>;

/** What is needed of Electron's `app`. */
export interface InstanceLock {
  requestSingleInstanceLock(handedOver: HandedOver): boolean;
  on(
    event: 'second-instance',
    listener: (event: unknown, argv: string[], workingFolder: string, handedOver: unknown) => void,
  ): unknown;
}

/**
 * Takes the profile (the user data folder). False means that another app has it, and now knows what was asked for.
 * Whatever later starts ask for comes to `onRequest`, parsed.
 */
export function takeProfile(
  lock: InstanceLock,
  mine: HandedOver,
  onRequest: (request: StartRequest) => void,
  log: () => Log,
) {
  if (!lock.requestSingleInstanceLock(mine)) return false;
  lock.on('second-instance', (_event, _argv, _workingFolder, handedOver) => {
    const request = parseHandedOver(handedOver);
    if (request) onRequest(request);
    else log().warn('a second start asked for something that cannot be understood');
  });
  return true;
}

/** What a second start asks for, or null when it is nothing that this version understands. */
export function parseHandedOver(handedOver: unknown): StartRequest | null {
  const parsed = v.safeParse(handedOverSchema, handedOver);
  if (!parsed.success) return null;
  try {
    return parseCommandLine(parsed.output.args, parsed.output.workingFolder);
  } catch {
    return null;
  }
}
