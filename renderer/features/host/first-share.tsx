// Owns what a user is told and asked before sharing for the first time.
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Switch } from '../../ui/switch.tsx';

interface FirstShareProps {
  open: boolean;
  onClose: () => void;
  onAgreed: (announceName: boolean) => Promise<void>;
}

export function FirstShare({ open, onClose, onAgreed }: FirstShareProps) {
  const { t } = useTranslation();
  const name = useApp((app) => app.info.displayName);
  const [announce, setAnnounce] = useState(true);
  const cancel = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('first-share.title')}
      closeLabel={t('common.close')}
      initialFocus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" onClick={() => void onAgreed(announce)}>
            {t('first-share.agree')}
          </Button>
        </>
      }
    >
      <Callout tone="warning" title={t('first-share.scam-title')}>
        <p>{t('first-share.scam')}</p>
      </Callout>
      <p className="muted">{t('first-share.allow')}</p>
      <div className="option">
        <div>
          <p id={`${id}-name`} className="option-name">
            {t('first-share.announce')}
          </p>
          <p id={`${id}-help`} className="option-help">
            {t('first-share.announce-help', { name })}
          </p>
        </div>
        <Switch labelledBy={`${id}-name`} describedBy={`${id}-help`} checked={announce} onChange={setAnnounce} />
      </div>
    </Dialog>
  );
}
