// Owns boxes that tell what happened or what to mind, with what can be done about it.
import { CircleCheck, Info, OctagonAlert, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import './callout.css';
import { IconButton } from './icon-button.tsx';

export interface CalloutProps {
  tone?: 'neutral' | 'success' | 'warning' | 'danger';
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  dismiss?: { label: string; onDismiss: () => void };
  /** Told by screen readers as soon as it appears. */
  announced?: boolean;
}

const ICONS = { neutral: <Info />, success: <CircleCheck />, warning: <TriangleAlert />, danger: <OctagonAlert /> };

export function Callout({ tone = 'neutral', title, children, actions, dismiss, announced = false }: CalloutProps) {
  return (
    <div className="callout" data-tone={tone} role={announced ? 'alert' : undefined}>
      {ICONS[tone]}
      <div className="callout-body">
        <p className="callout-title">{title}</p>
        {children !== undefined && <div className="callout-text">{children}</div>}
        {actions !== undefined && <div className="callout-actions">{actions}</div>}
      </div>
      {dismiss && <IconButton size="s" label={dismiss.label} icon={<X />} onClick={dismiss.onDismiss} />}
    </div>
  );
}
