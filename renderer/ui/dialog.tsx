// Owns modal dialogs: a title, what they are about, and the way out at the bottom.
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import './dialog.css';
import { IconButton } from './icon-button.tsx';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  closeLabel: string;
  size?: 's' | 'm' | 'l';
  /** Escape and a click outside do not close it. */
  insistent?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  footer?: ReactNode;
  children?: ReactNode;
}

const FOCUSABLE =
  '.dialog-body :is(input, button):enabled, .dialog-foot .button:enabled:not(.push), .dialog-foot .button:enabled';

export function Dialog({
  open,
  onClose,
  title,
  description,
  closeLabel,
  size = 'm',
  insistent = false,
  initialFocus,
  footer,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  // The way out comes first in the document, but it is not what one came for.
  const firstOfBody = () => popup.current?.querySelector<HTMLElement>(FOCUSABLE) ?? true;
  return (
    <Base.Root
      open={open}
      disablePointerDismissal={insistent}
      onOpenChange={(next, { reason }) => {
        if (!next && !(insistent && reason === 'escape-key')) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="dialog-scrim" />
        <Base.Viewport className="dialog-place">
          <Base.Popup ref={popup} className="dialog" data-size={size} initialFocus={initialFocus ?? firstOfBody}>
            <header className="dialog-head">
              <Base.Title className="clip">{title}</Base.Title>
              <Base.Close render={<IconButton size="s" label={closeLabel} icon={<X />} />} />
            </header>
            <div className="dialog-body">
              {description !== undefined && <Base.Description className="muted">{description}</Base.Description>}
              {children}
            </div>
            {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
