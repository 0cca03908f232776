// Owns what else may be allowed with a yes: closed at first, so that the question stays a short one.
import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ExtraPermission } from '../../../shared/model/permissions.ts';

interface ExtraPermissionsProps {
  offered: readonly ExtraPermission[];
  chosen: readonly ExtraPermission[];
  onChange: (chosen: ExtraPermission[]) => void;
}

export function ExtraPermissions({ offered, chosen, onChange }: ExtraPermissionsProps) {
  const { t } = useTranslation();
  if (offered.length === 0) return null;
  return (
    <details className="consent-extra">
      <summary>
        {chosen.length === 0 ? t('consent.extra') : t('consent.extra-chosen', { count: chosen.length })}
        <ChevronDown aria-hidden="true" />
      </summary>
      <ul>
        {offered.map((permission) => (
          <li key={permission}>
            <label className="check">
              <input
                type="checkbox"
                checked={chosen.includes(permission)}
                onChange={({ currentTarget }) => {
                  const others = chosen.filter((one) => one !== permission);
                  onChange(currentTarget.checked ? [...others, permission] : others);
                }}
              />
              {t(`may.${permission}`)}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
