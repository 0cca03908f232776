// Owns the menu in which a viewer says what it would rather have of the picture.
import { SlidersHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { PICTURE_MODES, type PicturePreferences } from '../../../shared/model/picture-budget.ts';
import { useFrameRateChoice } from '../../feedback/frame-rate-choice.ts';
import { MenuCheck, MenuChoice, MenuSeparator } from '../../ui/menu.tsx';
import { ToolbarMenu } from './toolbar-menu.tsx';

export interface PictureMenuProps {
  value: PicturePreferences;
  onChange: (value: PicturePreferences) => void;
  onOpenChange: (open: boolean) => void;
  onClosed: () => void;
}

export function PictureMenu({ value, onChange, onOpenChange, onClosed }: PictureMenuProps) {
  const { t } = useTranslation();
  const frames = useFrameRateChoice(value.maxFramesPerSecond, (cap) => onChange({ ...value, maxFramesPerSecond: cap }));
  return (
    <ToolbarMenu
      label={t('viewer.quality.title')}
      icon={<SlidersHorizontal />}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
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
      <MenuChoice label={t('viewer.quality.frames')} {...frames} />
      <MenuSeparator />
      <MenuCheck checked={value.greyscale} onChange={(greyscale) => onChange({ ...value, greyscale })}>
        {t('viewer.quality.grey')}
      </MenuCheck>
    </ToolbarMenu>
  );
}
