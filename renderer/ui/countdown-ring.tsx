// Owns a ring that empties while time runs out, with the seconds in it.
import './countdown-ring.css';

const RADIUS = 17;
const LENGTH = 2 * Math.PI * RADIUS;

/** @param fraction what is left, 1 to 0 */
export function CountdownRing({ fraction, label, children }: { fraction: number; label: string; children: string }) {
  const left = Math.min(1, Math.max(0, fraction));
  return (
    <div className="ring" role="timer" aria-label={label} data-urgent={left < 0.34 ? '' : undefined}>
      <svg viewBox="0 0 40 40" aria-hidden="true">
        <circle className="ring-track" cx="20" cy="20" r={RADIUS} />
        <circle
          className="ring-left"
          cx="20"
          cy="20"
          r={RADIUS}
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - left)}
        />
      </svg>
      <span aria-hidden="true">{children}</span>
    </div>
  );
}
