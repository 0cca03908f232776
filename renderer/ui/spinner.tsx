// Owns the sign that something is going on.
import './spinner.css';

export function Spinner({ size = 's' }: { size?: 's' | 'l' }) {
  return <span className="spinner" data-size={size} aria-hidden="true" />;
}
