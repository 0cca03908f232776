// Owns how strong a password is, as one sees it.
import { useTranslation } from 'react-i18next';
import { PASSWORD_STRENGTH } from './password-strength.ts';
import './strength-meter.css';

const STEPS = ['too-weak', 'weak', 'fair', 'good', 'strong'] as const;

/** @param score null while there is nothing to judge */
export function StrengthMeter({ score }: { score: number | null }) {
  const { t } = useTranslation();
  const step = score === null ? null : (STEPS[score] ?? 'strong');
  return (
    <div className="strength" data-enough={score !== null && score >= PASSWORD_STRENGTH.enough}>
      <div className="strength-bar" aria-hidden="true">
        {STEPS.slice(1).map((name, index) => (
          <span key={name} data-on={score !== null && index < Math.max(1, score) ? '' : undefined} />
        ))}
      </div>
      <p className="strength-text" role="status">
        {step === null ? t('password.strength.none') : t(`password.strength.${step}`)}
      </p>
    </div>
  );
}
