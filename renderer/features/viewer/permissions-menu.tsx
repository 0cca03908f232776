// Owns what the host lets this user do: shown in the toolbar, and told when it changes.
import { Check, Minus, ShieldCheck } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from '../../../shared/ipc/state.ts';
import { EXTRA_PERMISSIONS, type Permission } from '../../../shared/model/permissions.ts';
import { useToast } from '../../ui/toast.tsx';
import './permissions-menu.css';
import { ToolbarMenu } from './toolbar-menu.tsx';

interface PermissionsMenuProps {
  permissions: readonly Permission[];
  onOpenChange: (open: boolean) => void;
  onClosed: () => void;
}

export function PermissionsMenu({ permissions, onOpenChange, onClosed }: PermissionsMenuProps) {
  const { t } = useTranslation();
  return (
    <ToolbarMenu
      label={t('viewer.permissions.title')}
      icon={<ShieldCheck />}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
    >
      <p className="menu-label">{t('viewer.permissions.title')}</p>
      <ul className="permissions" aria-label={t('viewer.permissions.title')}>
        {(['view', 'control', ...EXTRA_PERMISSIONS] as const).map((permission) => {
          const allowed = permissions.includes(permission);
          return (
            <li key={permission} data-allowed={allowed}>
              {allowed ? <Check aria-hidden="true" /> : <Minus aria-hidden="true" />}
              <span>{t(`viewer.may.${permission}`)}</span>
              <span className="unseen">{t(allowed ? 'viewer.permissions.yes' : 'viewer.permissions.no')}</span>
            </li>
          );
        })}
      </ul>
    </ToolbarMenu>
  );
}

/** Tells the user what the host has just given or taken. */
export function usePermissionNews({ phase, permissions }: Pick<ConnectionState, 'phase' | 'permissions'>): void {
  const { t } = useTranslation();
  const toast = useToast();
  const before = useRef<readonly Permission[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the permissions is news
  useEffect(() => {
    const known = before.current;
    before.current = phase === 'active' ? permissions : known;
    if (!known || phase !== 'active') return;
    const tell = (title: string, changed: readonly Permission[]) => {
      if (changed.length > 0)
        toast({ title, detail: changed.map((permission) => t(`viewer.may.${permission}`)).join(', ') });
    };
    tell(
      t('viewer.permissions.given'),
      permissions.filter((permission) => !known.includes(permission)),
    );
    tell(
      t('viewer.permissions.taken'),
      known.filter((permission) => !permissions.includes(permission)),
    );
  }, [phase, permissions.join()]);
}
