// Owns the setting of the second factor: whether a code is asked for besides the password, and what is left to recover with.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FactorSetUp } from './factor-set-up.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Row } from './setting-rows.tsx';

/** From here on down new recovery codes are worth a thought. */
const FEW_CODES = 2;

type Asking = 'set-up' | 'renew' | 'off' | null;

export function SecondFactor() {
  const { t } = useTranslation();
  const { secondFactor, recoveryCodesLeft } = useApp((app) => app.password);
  const [asking, setAsking] = useState<Asking>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = () => setAsking(null);
  const left = (key: 'left' | 'few') =>
    recoveryCodesLeft === 0 ? t(`factor.${key}-none`) : t(`factor.${key}`, { count: recoveryCodesLeft });
  const show = (fresh: readonly string[]) => {
    close();
    setCodes(fresh);
  };
  return (
    <>
      <Row name={t('factor.name')} help={secondFactor ? left('left') : t('factor.help')}>
        {() => (
          <div className="setting-buttons setting-factor">
            {secondFactor ? (
              <>
                <Button onClick={() => setAsking('off')}>{t('factor.off')}</Button>
                <Button onClick={() => setAsking('renew')}>{t('factor.renew')}</Button>
              </>
            ) : (
              <Button onClick={() => setAsking('set-up')}>{t('factor.set-up')}</Button>
            )}
          </div>
        )}
      </Row>
      {secondFactor && recoveryCodesLeft <= FEW_CODES && (
        <div className="setting-note">
          <Callout tone="warning" title={left('few')}>
            <p>{t('factor.few-help')}</p>
          </Callout>
        </div>
      )}
      <FactorSetUp open={asking === 'set-up'} onClose={close} onDone={show} />
      <Question asking={asking} onClose={close} onCodes={show} />
      <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />
    </>
  );
}

/** What cannot be taken back is asked once more. */
function Question({
  asking,
  onClose,
  onCodes,
}: {
  asking: Asking;
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const [kind, setKind] = useState<'renew' | 'off'>('renew');
  // what was asked last stays drawn while the dialog closes
  if ((asking === 'renew' || asking === 'off') && asking !== kind) setKind(asking);
  const go = async () => {
    setBusy(true);
    const done =
      kind === 'off'
        ? act(actions.switchFactorOff().then(onClose))
        : act(actions.renewRecoveryCodes().then((codes) => onCodes(codes)));
    await done;
    setBusy(false);
  };
  return (
    <Dialog
      open={asking === 'renew' || asking === 'off'}
      onClose={onClose}
      size="s"
      title={t(`factor.${kind}-title`)}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant={kind === 'off' ? 'danger' : 'primary'} busy={busy} onClick={() => void go()}>
            {t(`factor.${kind}-do`)}
          </Button>
        </>
      }
    >
      <p>{t(`factor.${kind}-about`)}</p>
    </Dialog>
  );
}
