// Owns the phases of a handshake on both sides: what may come next, and nothing else may.
import type { TransitionTable } from './transition-table.ts';

/** `…ing` phases compute: no message is expected in them. */
export type ViewerHandshakePhase =
  | 'idle'
  | 'opening'
  | 'awaiting-hs2'
  | 'proving'
  | 'awaiting-hs4'
  /** The host wants a second factor, and this user has to give it. */
  | 'asking-user'
  /** Only the grant may follow: nobody is asked twice. */
  | 'awaiting-grant'
  | 'finishing'
  | 'done'
  | 'failed';
export type ViewerHandshakeEvent =
  | 'started'
  | 'sent-hs1'
  | 'got-hs2'
  | 'sent-hs3'
  | 'challenged'
  | 'answered'
  | 'got-hs4'
  | 'finished'
  | 'failed';

export const VIEWER_HANDSHAKE_TRANSITIONS: TransitionTable<ViewerHandshakePhase, ViewerHandshakeEvent> = {
  idle: { started: 'opening', failed: 'failed' },
  opening: { 'sent-hs1': 'awaiting-hs2', failed: 'failed' },
  'awaiting-hs2': { 'got-hs2': 'proving', failed: 'failed' },
  proving: { 'sent-hs3': 'awaiting-hs4', failed: 'failed' },
  'awaiting-hs4': { 'got-hs4': 'finishing', challenged: 'asking-user', failed: 'failed' },
  'asking-user': { answered: 'awaiting-grant', failed: 'failed' },
  'awaiting-grant': { 'got-hs4': 'finishing', failed: 'failed' },
  finishing: { finished: 'done', failed: 'failed' },
  done: {},
  failed: { failed: 'failed' },
};

export type HostHandshakePhase =
  | 'awaiting-hs1'
  | 'answering'
  | 'awaiting-hs3'
  | 'checking'
  /** The secret was right, and a second factor is wanted. */
  | 'awaiting-answer'
  | 'checking-answer'
  | 'awaiting-consent'
  | 'done'
  | 'failed';
export type HostHandshakeEvent =
  | 'got-hs1'
  | 'sent-hs2'
  | 'got-hs3'
  | 'challenged'
  | 'got-answer'
  | 'proved'
  | 'granted'
  | 'failed';

export const HOST_HANDSHAKE_TRANSITIONS: TransitionTable<HostHandshakePhase, HostHandshakeEvent> = {
  'awaiting-hs1': { 'got-hs1': 'answering', failed: 'failed' },
  answering: { 'sent-hs2': 'awaiting-hs3', failed: 'failed' },
  'awaiting-hs3': { 'got-hs3': 'checking', failed: 'failed' },
  checking: { proved: 'awaiting-consent', challenged: 'awaiting-answer', failed: 'failed' },
  'awaiting-answer': { 'got-answer': 'checking-answer', failed: 'failed' },
  'checking-answer': { proved: 'awaiting-consent', failed: 'failed' },
  'awaiting-consent': { granted: 'done', failed: 'failed' },
  done: {},
  failed: { failed: 'failed' },
};
