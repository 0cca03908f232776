// Owns drop-down menus: a trigger, and entries that act, choose or stay checked.
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Tooltip } from './tooltip.tsx';
import './menu.css';

export interface MenuProps {
  /** A button; it has to be named itself. */
  trigger: ReactElement;
  /** Shown while the pointer rests on the trigger. */
  tooltip?: string;
  align?: 'start' | 'center' | 'end';
  children: ReactNode;
  onOpenChange?: (open: boolean) => void;
  /** Takes the focus when the menu closes; without it the trigger does. */
  onClosed?: () => void;
}

export function Menu({ trigger, tooltip, align = 'start', children, onOpenChange, onClosed }: MenuProps) {
  const finalFocus = () => {
    onClosed?.();
    return false;
  };
  const base = <Base.Trigger render={trigger} />;
  return (
    <Base.Root modal={false} onOpenChange={(open) => onOpenChange?.(open)}>
      {tooltip === undefined ? base : <Tooltip label={tooltip}>{base}</Tooltip>}
      <Base.Portal>
        <Base.Positioner className="menu-place" align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className="menu" {...(onClosed ? { finalFocus } : {})}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  icon?: ReactNode;
  /** Right-aligned and faint: a shortcut, a detail. */
  detail?: string;
  tone?: 'plain' | 'danger';
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, detail, tone = 'plain', disabled = false, onSelect, children }: MenuItemProps) {
  return (
    <Base.Item className="menu-item" data-tone={tone} disabled={disabled} onClick={onSelect}>
      {icon}
      <span className="menu-text">{children}</span>
      {detail !== undefined && <span className="menu-detail">{detail}</span>}
    </Base.Item>
  );
}

/** An entry that stays open and is on or off. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <Base.CheckboxItem className="menu-item" checked={checked} onCheckedChange={onChange} closeOnClick={false}>
      <Base.CheckboxItemIndicator className="menu-mark" keepMounted>
        <Check />
      </Base.CheckboxItemIndicator>
      <span className="menu-text">{children}</span>
    </Base.CheckboxItem>
  );
}

export interface MenuCheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

export function MenuSeparator() {
  return <Base.Separator className="menu-separator" />;
}

export interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; detail?: string }[];
  onChange: (value: Value) => void;
}

/** Entries of which one is chosen. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <Base.RadioGroup
      value={value}
      onValueChange={(chosen: unknown) => {
        const option = options.find((one) => one.value === chosen);
        if (option) onChange(option.value);
      }}
    >
      <Base.Group>
        <Base.GroupLabel className="menu-label">{label}</Base.GroupLabel>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className="menu-item" closeOnClick>
            <Base.RadioItemIndicator className="menu-mark" keepMounted>
              <Check />
            </Base.RadioItemIndicator>
            <span className="menu-text">{option.label}</span>
            {option.detail !== undefined && <span className="menu-detail">{option.detail}</span>}
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}
