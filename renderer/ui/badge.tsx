// Owns small labels that say what something is or how it is.
import type { ReactNode } from 'react';
import './badge.css';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger' | 'live';

export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
