// Owns choosing what one paired device may do: as the settings say, or its own.
import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '../../../shared/ipc/state.ts';
import { EXTRA_PERMISSIONS, type Permission, unattendedPermissions } from '../../../shared/model/permissions.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Menu, MenuCheck, MenuSeparator } from '../../ui/menu.tsx';
import '../../ui/select.css';

/** To see belongs to each: a device that may not see is revoked. */
const CHOICES = ['control', ...EXTRA_PERMISSIONS] as const;

export function DevicePermissions({ device }: { device: DeviceView }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const defaults = useApp((app) => app.settings.permissionDefaults);
  const { id, name, permissions: own } = device;
  const shown = own ?? [...unattendedPermissions('control', defaults)];
  const change = (permissions: Permission[] | null) => void act(actions.changeDevice({ id, permissions }));
  const extras = EXTRA_PERMISSIONS.filter((permission) => shown.includes(permission)).length;
  const level = t(shown.includes('control') ? 'devices.may-control' : 'devices.may-view');
  const summary = extras === 0 ? level : `${level}, ${t('devices.may-more', { count: extras })}`;
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="select" aria-label={t('devices.may-of', { name })}>
          <span className="clip">{own ? summary : t('devices.may-default')}</span>
          <span className="select-icon">
            <ChevronDown />
          </span>
        </button>
      }
    >
      <MenuCheck checked={own === null} onChange={(asSet) => change(asSet ? null : [...shown])}>
        {t('devices.may-default')}
      </MenuCheck>
      <MenuSeparator />
      {CHOICES.map((permission) => (
        <MenuCheck
          key={permission}
          checked={shown.includes(permission)}
          onChange={(allowed) => {
            const others = shown.filter((one) => one !== permission);
            change(allowed ? [...others, permission] : others);
          }}
        >
          {t(`may.${permission}`)}
        </MenuCheck>
      ))}
    </Menu>
  );
}
