// Owns what all menus of the session's toolbar have in common: an icon with a name, and the toolbar's stay while they are open.
import type { ReactNode } from 'react';
import { Menu } from '../../ui/menu.tsx';

export interface ToolbarMenuProps {
  label: string;
  icon: ReactNode;
  disabled?: boolean;
  onOpenChange: (open: boolean) => void;
  onClosed: () => void;
  children: ReactNode;
}

export function ToolbarMenu({ label, icon, disabled = false, onOpenChange, onClosed, children }: ToolbarMenuProps) {
  return (
    <Menu
      tooltip={label}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      trigger={
        <button type="button" className="icon-button" aria-label={label} disabled={disabled}>
          {icon}
        </button>
      }
    >
      {children}
    </Menu>
  );
}
