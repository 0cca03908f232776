// Owns what is wrong with sharing, in words, with the remedy as one click where there is one.
import { useTranslation } from 'react-i18next';
import type { ShareState } from '../../../shared/ipc/state.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';

export function ShareProblem({ share }: { share: ShareState }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const { phase, error, problem, suggestedPort } = share;
  if (phase === 'failed' && error) {
    const offered = error.reason === 'port-taken' ? suggestedPort : null;
    return (
      <ErrorCallout
        reason={error.reason}
        actions={
          offered === null ? (
            <Button size="s" onClick={() => void act(actions.startSharing())}>
              {t('common.try-again')}
            </Button>
          ) : (
            <Button size="s" variant="primary" onClick={() => void act(actions.startSharing(offered))}>
              {t('host.use-port', { port: String(offered) })}
            </Button>
          )
        }
      />
    );
  }
  if (phase === 'on' && problem) return <ErrorCallout tone="warning" reason={problem.reason} />;
  return null;
}
