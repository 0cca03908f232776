// Owns what a session says about pairing: the other side's offer, the wait for its answer, and the answer.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';

export function PairingNote({ connection, onDone }: { connection: ConnectionState; onDone: () => void }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const { pairing, name, phase } = connection;
  const [seen, setSeen] = useState(pairing === 'paired' ? pairing : 'none');
  if (phase !== 'active' || pairing === 'none' || pairing === seen) return null;
  const answer = (wanted: boolean) => {
    void act(actions.requestPairing(wanted));
    onDone();
  };
  return (
    <div className="overlay-corner">
      <Callout
        tone={pairing === 'paired' ? 'success' : pairing === 'declined' ? 'warning' : 'neutral'}
        title={t(`pairing.note.${pairing}.title`, { name })}
        announced
        {...(pairing === 'offered'
          ? {
              actions: (
                <>
                  <Button size="s" onClick={() => answer(false)}>
                    {t('pairing.not-now')}
                  </Button>
                  <Button size="s" variant="primary" onClick={() => answer(true)}>
                    {t('pairing.pair')}
                  </Button>
                </>
              ),
            }
          : {
              dismiss: {
                label: t('common.close-message'),
                onDismiss: () => {
                  setSeen(pairing);
                  onDone();
                },
              },
            })}
      >
        <p>{t(`pairing.note.${pairing}.help`, { name })}</p>
      </Callout>
    </div>
  );
}
