// Owns taking this computer's identity and settings along in a file, and becoming what such a file says.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupPreview } from '../../../shared/ipc/state.ts';
import { PASSWORD_BOUNDS } from '../../../shared/model/password.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { Words } from '../../ui/words.tsx';
import { BackupPassword } from './backup-password.tsx';
import { Row, Section } from './setting-rows.tsx';

export function BackupSettings() {
  const { t } = useTranslation();
  const actions = useActions();
  const toast = useToast();
  const [asking, setAsking] = useState<'export' | 'import' | null>(null);
  const [preview, setPreview] = useState<BackupPreview | null>(null);
  const close = () => setAsking(null);
  return (
    <Section title={t('backup.title')}>
      <Row name={t('backup.export')} help={t('backup.export-help')}>
        {() => <Button onClick={() => setAsking('export')}>{t('backup.export-do')}</Button>}
      </Row>
      <Row name={t('backup.import')} help={t('backup.import-help')}>
        {() => <Button onClick={() => setAsking('import')}>{t('backup.import-do')}</Button>}
      </Row>
      <BackupPassword
        open={asking === 'export'}
        title={t('backup.export-title')}
        label={t('backup.password')}
        hint={t('backup.password-about')}
        action={t('backup.choose-save')}
        minLength={PASSWORD_BOUNDS.minLength}
        twice
        onClose={close}
        onPassword={async (password) => {
          const file = await actions.exportBackup(password);
          if (file === null) return;
          close();
          toast({ title: t('backup.exported'), detail: file });
        }}
      />
      <BackupPassword
        open={asking === 'import'}
        title={t('backup.import-title')}
        label={t('backup.password-of')}
        action={t('backup.choose-open')}
        minLength={1}
        onClose={close}
        onPassword={async (password) => {
          const found = await actions.openBackup(password);
          if (found === null) return;
          close();
          setPreview(found);
        }}
      />
      <Replace preview={preview} onClose={() => setPreview(null)} />
    </Section>
  );
}

/** The last question before anything is replaced. */
function Replace({ preview, onClose }: { preview: BackupPreview | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const replace = async () => {
    setBusy(true);
    if (!(await act(actions.takeOverBackup()))) setBusy(false);
  };
  return (
    <Dialog
      open={preview !== null}
      onClose={onClose}
      size="s"
      insistent
      title={t('backup.replace-title')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="danger" busy={busy} onClick={() => void replace()}>
            {t('backup.replace-do')}
          </Button>
        </>
      }
    >
      {preview && (
        <div className="password-form">
          <p>
            {t('backup.replace', {
              name: preview.name,
              day: format.day(preview.exportedAtMs),
              id: preview.hostId.replace(/(\d{3})(?=\d)/g, '$1 '),
            })}
          </p>
          {preview.pairedDevices > 0 && <p>{t('backup.devices', { count: preview.pairedDevices })}</p>}
          {preview.savedHosts > 0 && <p>{t('backup.hosts', { count: preview.savedHosts })}</p>}
          <Words words={preview.fingerprint} size="s" label={t('proof.fingerprint')} />
        </div>
      )}
    </Dialog>
  );
}
