// Owns what viewers may do besides seeing and controlling, before this computer's user says otherwise.
import { useTranslation } from 'react-i18next';
import { EXTRA_PERMISSIONS, PERMISSION_DEFAULTS } from '../../../shared/model/permissions.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Row, Section } from './setting-rows.tsx';

export function PermissionSettings() {
  const { t } = useTranslation();
  const defaults = useApp((app) => app.settings.permissionDefaults);
  const actions = useActions();
  const act = useAct();
  return (
    <Section title={t('settings.permissions.title')} help={t('settings.permissions.help')}>
      {EXTRA_PERMISSIONS.map((permission) => (
        <Row key={permission} name={t(`may.${permission}`)}>
          {() => (
            <Segmented
              label={t(`may.${permission}`)}
              value={defaults[permission]}
              options={PERMISSION_DEFAULTS.map((value) => ({ value, label: t(`settings.permissions.${value}`) }))}
              onChange={(chosen) =>
                void act(actions.updateSettings({ permissionDefaults: { ...defaults, [permission]: chosen } }))
              }
            />
          )}
        </Row>
      ))}
    </Section>
  );
}
