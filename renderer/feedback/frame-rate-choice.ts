// Owns the choice of a limit of frames, as menus and lists offer it: their values are texts.
import { useTranslation } from 'react-i18next';
import { FRAME_RATE_CAPS } from '../../shared/model/picture-budget.ts';

type FrameRateCap = (typeof FRAME_RATE_CAPS)[number];

const nameOf = (cap: number | null) => String(cap ?? 'none');

export interface FrameRateChoice {
  value: string;
  options: { value: string; label: string }[];
  onChange: (name: string) => void;
}

/** @param cap frames per second at most; null for no limit */
export function useFrameRateChoice(cap: number | null, onChoose: (cap: FrameRateCap) => void): FrameRateChoice {
  const { t } = useTranslation();
  return {
    value: nameOf(cap),
    options: FRAME_RATE_CAPS.map((one) => ({
      value: nameOf(one),
      label: one === null ? t('viewer.quality.no-limit') : t('viewer.quality.at-most', { frames: one }),
    })),
    onChange: (name) => {
      const chosen = FRAME_RATE_CAPS.find((one) => nameOf(one) === name);
      if (chosen !== undefined) onChoose(chosen);
    },
  };
}
