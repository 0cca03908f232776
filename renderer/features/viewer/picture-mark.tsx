// Owns the mark that says whether the picture is exact.
import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/badge.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';

/** @param exact null while there is no live picture */
export function PictureMark({ exact }: { exact: boolean | null }) {
  const { t } = useTranslation();
  if (exact === null) return null;
  return (
    <Tooltip label={t(exact ? 'viewer.exact-help' : 'viewer.refining-help')}>
      <span className="picture-mark" data-exact={exact ? '' : undefined}>
        <Badge tone={exact ? 'success' : 'neutral'}>{t(exact ? 'viewer.chip.exact' : 'viewer.chip.refining')}</Badge>
      </span>
    </Tooltip>
  );
}
