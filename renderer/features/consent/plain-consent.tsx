// Owns the question whether the screen is shown without encryption, to viewers of whom nothing is known but their number.
import { Eye, LockOpen, MousePointer2 } from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentRequest } from '../../../shared/ipc/state.ts';
import type { ConsentDecision } from '../../../shared/model/permissions.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';

/** What is said, in place of words and fingerprint, which these viewers do not have. */
export function PlainProof({ id, request: { address } }: { id: string; request: ConsentRequest }) {
  const { t } = useTranslation();
  return (
    <>
      <p>
        <Badge tone="danger" icon={<LockOpen aria-hidden="true" />}>
          {t('plain.badge')}
        </Badge>
      </p>
      <Callout tone="danger" title={t('plain-share.consent-title')}>
        <p id={id}>{t('plain-share.consent-help', { relay: address })}</p>
      </Callout>
    </>
  );
}

interface PlainAnswersProps {
  deny: RefObject<HTMLButtonElement | null>;
  size: 'm' | 'l';
  onAnswer: (decision: ConsentDecision) => void;
}

export function PlainAnswers({ deny, size, onAnswer }: PlainAnswersProps) {
  const { t } = useTranslation();
  return (
    <div className="consent-actions">
      <Button ref={deny} size={size} variant="primary" onClick={() => onAnswer('deny')}>
        {t('consent.deny')}
      </Button>
      <Button size={size} icon={<Eye />} onClick={() => onAnswer('view')}>
        {t('consent.view')}
      </Button>
      <Button size={size} icon={<MousePointer2 />} onClick={() => onAnswer('control')}>
        {t('consent.control')}
      </Button>
    </div>
  );
}
