// Owns showing recovery codes, once, and keeping them elsewhere.
import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import './second-factor.css';

export function RecoveryCodes({ codes, onClose }: { codes: readonly string[] | null; onClose: () => void }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const toast = useToast();
  const [kept, setKept] = useState(false);
  const copy = async (all: readonly string[]) => {
    await actions.copy(all.join('\n'));
    setKept(true);
    toast({ title: t('common.copied') });
  };
  const save = async (all: readonly string[]) => {
    const file = await actions.saveRecoveryCodes(all);
    if (file === null) return;
    setKept(true);
    toast({ title: t('factor.saved'), detail: file });
  };
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Dialog
      open={codes !== null}
      onClose={close}
      insistent
      size="s"
      title={t('factor.codes-title')}
      description={t('factor.codes-about')}
      closeLabel={t('common.close')}
      footer={
        <Button variant={kept ? 'primary' : 'secondary'} onClick={close}>
          {t('factor.codes-done')}
        </Button>
      }
    >
      {codes && (
        <div className="recovery">
          <ul className="recovery-codes" aria-label={t('factor.codes-title')}>
            {codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
          <div className="recovery-actions">
            <Button icon={<Copy />} onClick={() => void act(copy(codes))}>
              {t('factor.codes-copy')}
            </Button>
            <Button icon={<Download />} onClick={() => void act(save(codes))}>
              {t('factor.codes-save')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
