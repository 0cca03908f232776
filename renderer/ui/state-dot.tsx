// Owns the dot that shows whether something is there.
import './state-dot.css';

export function StateDot({ tone }: { tone: 'on' | 'off' | 'unknown' | 'live' }) {
  return <span className="dot" data-tone={tone} aria-hidden="true" />;
}
