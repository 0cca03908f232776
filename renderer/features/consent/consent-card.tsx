// Owns the question whether somebody may see or control this computer. Doing nothing means no.
import { Eye, Link2, MousePointer2 } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentRequest } from '../../../shared/ipc/state.ts';
import { type ConsentDecision, EXTRA_PERMISSIONS } from '../../../shared/model/permissions.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp, useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { Words } from '../../ui/words.tsx';
import './consent-card.css';
import { ExtraPermissions } from './extra-permissions.tsx';
import { PlainAnswers, PlainProof } from './plain-consent.tsx';

interface ConsentCardProps {
  request: ConsentRequest;
  /** `window`: fills a window of its own and takes the focus. `card`: one block among others. */
  look: 'window' | 'card';
}

export function ConsentCard({ request, look }: ConsentCardProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const id = useId();
  const deny = useRef<HTMLButtonElement>(null);
  const nowMs = useNow(500);
  const leftMs = Math.max(0, request.expiresAtMs - nowMs);
  const spanMs = Math.max(1, request.expiresAtMs - request.requestedAtMs);
  const seconds = Math.ceil(leftMs / 1000);
  const name = request.name || request.address;
  const pairing = request.asks === 'pairing';
  const plain = request.asks === 'plain-access';
  const defaults = useApp((app) => app.settings.permissionDefaults);
  const set = request.permissions;
  const offered = EXTRA_PERMISSIONS.filter((one) => (set ? set.includes(one) : defaults[one] !== 'deny'));
  const [extra, setExtra] = useState(() => offered.filter((one) => set !== null || defaults[one] === 'allow'));
  const mayControl = pairing || set === null || set.includes('control');
  const answer = (decision: ConsentDecision) =>
    void act(actions.answerConsent(request.id, decision, decision === 'deny' ? [] : extra));

  // biome-ignore lint/correctness/useExhaustiveDependencies: every new question starts at "no" again
  useEffect(() => {
    if (look === 'window') deny.current?.focus();
  }, [look, request.id]);

  return (
    <section
      className="consent"
      data-look={look}
      role={look === 'window' ? 'alertdialog' : 'group'}
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-compare`}
      onKeyDown={(event) => {
        if (look === 'window' && event.key === 'Escape') answer('deny');
      }}
    >
      <header className="consent-head">
        <div className="consent-who">
          <h1 id={`${id}-question`}>
            {plain
              ? t('plain-share.question', { count: request.viewers ?? 1 })
              : t(pairing ? 'pairing.question' : 'consent.question', { name })}
          </h1>
          {set && !pairing && <p className="consent-detail">{t('consent.own-permissions')}</p>}
          {request.viewOnly && !pairing && <p className="consent-detail">{t('consent.wants-view')}</p>}
          <p className="consent-detail">
            {[request.system, request.address, request.how === 'none' ? '' : t(`how.${request.how}`)]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <CountdownRing fraction={leftMs / spanMs} label={t('consent.left', { count: seconds })}>
          {String(seconds)}
        </CountdownRing>
      </header>
      {plain ? (
        <>
          <PlainProof id={`${id}-compare`} request={request} />
          <PlainAnswers deny={deny} size={look === 'window' ? 'l' : 'm'} onAnswer={answer} />
        </>
      ) : (
        <>
          <div className="consent-proof">
            <p id={`${id}-compare`}>{t('consent.compare')}</p>
            <Words words={request.sas.split(' ')} size="l" label={t('proof.sas')} />
          </div>
          <div className="consent-fingerprint">
            <h3>{t('proof.fingerprint')}</h3>
            <Words words={request.fingerprint} size="s" label={t('proof.fingerprint')} />
          </div>
          {!pairing && <ExtraPermissions offered={offered} chosen={extra} onChange={setExtra} />}
          <p className="consent-warning">{t(pairing ? 'pairing.warning' : 'consent.warning')}</p>
          <div className="consent-actions">
            <Button ref={deny} size={look === 'window' ? 'l' : 'm'} onClick={() => answer('deny')}>
              {t('consent.deny')}
            </Button>
            {!pairing && (
              <Button
                size={look === 'window' ? 'l' : 'm'}
                variant={request.viewOnly || !mayControl ? 'primary' : 'secondary'}
                icon={<Eye />}
                onClick={() => answer('view')}
              >
                {t('consent.view')}
              </Button>
            )}
            {mayControl && (
              <Button
                size={look === 'window' ? 'l' : 'm'}
                variant={request.viewOnly && !pairing ? 'secondary' : 'primary'}
                icon={pairing ? <Link2 /> : <MousePointer2 />}
                onClick={() => answer('control')}
              >
                {t(pairing ? 'pairing.pair' : 'consent.control')}
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
