// Owns the settings of the picture of other computers, as long as nothing else is chosen for one of them.
import { useTranslation } from 'react-i18next';
import { PICTURE_MODES } from '../../../shared/model/picture-budget.ts';
import type { Settings, SettingsPatch } from '../../../shared/model/settings.ts';
import { useFrameRateChoice } from '../../feedback/frame-rate-choice.ts';
import { Select } from '../../ui/select.tsx';
import { Row, Section, Toggle } from './setting-rows.tsx';

export interface PictureSettingsProps {
  settings: Settings;
  onChange: (patch: SettingsPatch) => void;
}

export function PictureSettings({ settings, onChange }: PictureSettingsProps) {
  const { t } = useTranslation();
  const frames = useFrameRateChoice(settings.pictureMaxFramesPerSecond, (cap) =>
    onChange({ pictureMaxFramesPerSecond: cap }),
  );
  return (
    <Section title={t('settings.picture')}>
      <Row name={t('viewer.quality.title')} help={t('settings.picture-help')}>
        {(labelId) => (
          <Select
            labelledBy={labelId}
            value={settings.pictureMode}
            options={PICTURE_MODES.map((mode) => ({ value: mode, label: t(`viewer.quality.${mode}`) }))}
            onChange={(pictureMode) => onChange({ pictureMode })}
          />
        )}
      </Row>
      <Row name={t('viewer.quality.frames')}>{(labelId) => <Select labelledBy={labelId} {...frames} />}</Row>
      <Toggle
        name={t('viewer.quality.grey')}
        help={t('settings.picture-grey-help')}
        checked={settings.pictureGreyscale}
        onChange={(pictureGreyscale) => onChange({ pictureGreyscale })}
      />
    </Section>
  );
}
