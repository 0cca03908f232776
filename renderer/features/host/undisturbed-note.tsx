// Owns the reminder that nobody can ask to see this screen.
import { useTranslation } from 'react-i18next';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';

export function UndisturbedNote() {
  const { t } = useTranslation();
  const on = useApp((app) => app.settings.doNotDisturb);
  const actions = useActions();
  const act = useAct();
  if (!on) return null;
  return (
    <Callout
      title={t('incoming.disturb-note')}
      actions={
        <Button size="s" onClick={() => void act(actions.updateSettings({ doNotDisturb: false }))}>
          {t('incoming.disturb-off')}
        </Button>
      }
    />
  );
}
