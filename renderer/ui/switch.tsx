// Owns the switch: something that is on or off at once.
import { Switch as Base } from '@base-ui/react/switch';
import './switch.css';

export interface SwitchProps {
  /** Its name; use `labelledBy` where the name is on the screen already. */
  label?: string;
  labelledBy?: string;
  describedBy?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  size?: 'm' | 'l';
  tone?: 'accent' | 'live';
}

export function Switch({
  label,
  labelledBy,
  describedBy,
  checked,
  onChange,
  disabled = false,
  size = 'm',
  tone = 'accent',
}: SwitchProps) {
  return (
    <Base.Root
      nativeButton
      render={<button type="button" />}
      className="switch"
      data-size={size}
      data-tone={tone}
      checked={checked}
      onCheckedChange={(value) => onChange(value)}
      disabled={disabled}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      <Base.Thumb className="switch-thumb" />
    </Base.Root>
  );
}
