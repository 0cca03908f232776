// Entry of the worker thread that makes still pictures exact: a snapshot is handed over without being copied.
import { parentPort } from 'node:worker_threads';
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { CAPTURE_LIMITS } from '../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../shared/model/picture-budget.ts';
import { nodeClock as clock } from '../node-clock.ts';
import { type ExactCommand, type ExactReport, exactCommandSchema } from './exact/exact-messages.ts';
import { ExactPicture } from './exact/exact-picture.ts';

const report = (message: ExactReport) => parentPort?.postMessage(message);

function fail(cause: unknown): void {
  const { reason, message } = TarnetError.from(cause);
  report({ kind: 'failed', reason, message: message.slice(0, CAPTURE_LIMITS.maxDetailLength) });
}

let picture: ExactPicture | null = null;
let budget: PictureBudget | null = null;

async function obey(command: ExactCommand): Promise<void> {
  if (command.kind === 'start') {
    picture?.cut();
    picture = new ExactPicture(command.widthPx, command.heightPx, clock, {
      onFrame: (generation, frame) => report({ kind: 'frame', generation, frame }),
      onSettled: (generation, complete, changed) => report({ kind: 'settled', generation, complete, changed }),
    });
    if (budget) picture.setBudget(budget);
    return;
  }
  switch (command.kind) {
    case 'covered':
      picture?.covered(command.rects);
      break;
    case 'snapshot':
      await picture?.settle(command);
      break;
    case 'credit':
      picture?.addCredit();
      break;
    case 'cut':
      picture?.cut();
      break;
    case 'budget':
      budget = command.budget;
      picture?.setBudget(budget);
      break;
  }
}

parentPort?.on('message', (message: unknown) => {
  const command = v.safeParse(exactCommandSchema, message);
  if (command.success) obey(command.output).catch(fail);
  else fail(TarnetError.malformed('command', v.getDotPath(command.issues[0]) ?? 'unknown kind'));
});
