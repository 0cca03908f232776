// Owns the menu in which a viewer says what it would rather have of the picture.
import { SlidersHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FRAME_RATE_CAPS, PICTURE_MODES, type PicturePreferences } from '../../../shared/model/picture-budget.ts';
import { Menu, MenuCheck, MenuChoice, MenuSeparator } from '../../ui/menu.tsx';

export interface PictureMenuProps {
  value: PicturePreferences;
  onChange: (value: PicturePreferences) => void;
  onOpenChange: (open: boolean) => void;
  onClosed: () => void;
}

/** The name of a limit in the menu, where values are texts. */
const capName = (cap: number | null) => String(cap ?? 'none');

export function PictureMenu({ value, onChange, onOpenChange, onClosed }: PictureMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu
      tooltip={t('viewer.quality.title')}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      trigger={
        <button type="button" className="icon-button" aria-label={t('viewer.quality.title')}>
          <SlidersHorizontal />
        </button>
      }
    >
      <MenuChoice
        label={t('viewer.quality.title')}
        value={value.mode}
        options={PICTURE_MODES.map((mode) => ({
          value: mode,
          label: t(`viewer.quality.${mode}`),
          detail: t(`viewer.quality.${mode}-detail`),
        }))}
        onChange={(mode) => onChange({ ...value, mode })}
      />
      <MenuSeparator />
      <MenuChoice
        label={t('viewer.quality.frames')}
        value={capName(value.maxFramesPerSecond)}
        options={FRAME_RATE_CAPS.map((cap) => ({
          value: capName(cap),
          label: cap === null ? t('viewer.quality.no-limit') : t('viewer.quality.at-most', { frames: cap }),
        }))}
        onChange={(name) => {
          const cap = FRAME_RATE_CAPS.find((one) => capName(one) === name);
          if (cap !== undefined) onChange({ ...value, maxFramesPerSecond: cap });
        }}
      />
      <MenuSeparator />
      <MenuCheck checked={value.greyscale} onChange={(greyscale) => onChange({ ...value, greyscale })}>
        {t('viewer.quality.grey')}
      </MenuCheck>
    </Menu>
  );
}
