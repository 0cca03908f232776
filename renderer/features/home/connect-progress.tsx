// Owns what is seen on the way in: three steps, and the words to compare while the other side decides.
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Words } from '../../ui/words.tsx';

const STEPS = ['connecting', 'handshaking', 'awaiting-consent'] as const;

interface ConnectProgressProps {
  phase: (typeof STEPS)[number];
  connection: ConnectionState | undefined;
  onCancel: () => void;
}

export function ConnectProgress({ phase, connection, onCancel }: ConnectProgressProps) {
  const { t } = useTranslation();
  const now = STEPS.indexOf(phase);
  const sas = phase === 'awaiting-consent' ? connection?.sas : null;
  return (
    <>
      <ol className="progress">
        {STEPS.map((step, index) => (
          <li
            key={step}
            data-state={index < now ? 'done' : index === now ? 'now' : 'later'}
            aria-current={index === now ? 'step' : undefined}
          >
            <span className="progress-mark" aria-hidden="true">
              {index < now ? <Check /> : index === now ? <Spinner /> : index + 1}
            </span>
            <span role={index === now ? 'status' : undefined}>{t(`connect.step.${step}`)}</span>
          </li>
        ))}
      </ol>
      {sas && (
        <div className="progress-proof">
          <p>{t('connect.compare')}</p>
          <Words words={sas.split(' ')} size="l" label={t('proof.sas')} />
        </div>
      )}
      <div className="connect-actions">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
      </div>
    </>
  );
}
