// Owns the way into another computer, from its code to the open session.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccessInput } from '../../../shared/ipc/contract.ts';
import { FactorForm } from '../../feedback/factor-form.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { AccessForm } from './access-form.tsx';
import './connect-dialog.css';
import { ConnectFailed } from './connect-failed.tsx';
import { ConnectProgress } from './connect-progress.tsx';
import { connectStep } from './connect-step.ts';
import type { ConnectTarget } from './connect-target.ts';
import { hostTitle } from './host-filter.ts';
import { IdentityChanged } from './identity-changed.tsx';

export function ConnectDialog({ target, onClose }: { target: ConnectTarget | null; onClose: () => void }) {
  const { t } = useTranslation();
  // the last target stays drawn while the dialog closes
  const [shown, setShown] = useState(target);
  if (target && target !== shown) setShown(target);
  const flow = useConnection(target, onClose);
  const { step } = flow;
  return (
    <Dialog
      open={target !== null}
      onClose={flow.giveUp}
      size="s"
      title={shown ? t('connect.title', { name: hostTitle(shown) }) : ''}
      closeLabel={t('common.close')}
      insistent={step.kind === 'progress' || step.kind === 'factor'}
    >
      {shown && step.kind === 'access' && (
        <AccessForm
          target={shown}
          kind={flow.connection?.how === 'password' ? 'password' : 'code'}
          error={step.error}
          triesLeft={flow.connection?.triesLeft ?? null}
          waitUntilMs={flow.connection?.retryAtMs ?? null}
          onCancel={flow.giveUp}
          onSubmit={flow.connect}
        />
      )}
      {step.kind === 'factor' && (
        <FactorForm key={String(step.error)} error={step.error} onCancel={flow.giveUp} onSubmit={flow.answer} />
      )}
      {step.kind === 'progress' && (
        <ConnectProgress phase={step.phase} connection={flow.connection} onCancel={flow.giveUp} />
      )}
      {step.kind === 'failed' && (
        <ConnectFailed reason={step.reason} again={step.again} onRetry={flow.retry} onClose={flow.giveUp} />
      )}
      {step.kind === 'identity-changed' && <IdentityChanged connection={flow.connection} onClose={flow.giveUp} />}
    </Dialog>
  );
}

/** The connection that this dialog has begun, and what can be done about it. */
function useConnection(target: ConnectTarget | null, onClose: () => void) {
  const actions = useActions();
  const act = useAct();
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const connection = useApp((app) => app.connections.find(({ id }) => id === connectionId));
  const step = connectStep(connectionId, connection);

  const connect = async (proof: AccessInput, viewOnly: boolean) => {
    if (!target) return;
    const { address, name } = target;
    if (connectionId !== null) {
      await act(actions.retryConnection(connectionId, proof));
      return;
    }
    await act(actions.openConnection({ address, ...(name ? { name } : {}), proof, viewOnly }).then(setConnectionId));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new target starts anew
  useEffect(() => setConnectionId(null), [target]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each target: a paired computer asks for nothing
  useEffect(() => {
    if (target?.paired) void connect({ kind: 'paired' }, target.viewOnly);
  }, [target]);
  useEffect(() => {
    if (target && step.kind === 'open') onClose();
  }, [target, step.kind, onClose]);

  const giveUp = () => {
    onClose();
    if (connectionId === null || step.kind === 'open') return;
    void act(
      (async () => {
        if (connection?.phase !== 'ended') await actions.closeConnection(connectionId);
        await actions.dismissConnection(connectionId);
      })(),
    );
  };

  const retry = () => {
    if (connectionId !== null) void act(actions.retryConnection(connectionId));
  };

  const answer = async (code: string) => {
    if (connectionId !== null) await act(actions.answerFactor(connectionId, code));
  };

  return { step, connection, connect, answer, giveUp, retry };
}
