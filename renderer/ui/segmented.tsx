// Owns the choice of one among two to four that are all on the screen.
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import { Tooltip } from './tooltip.tsx';
import './segmented.css';

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  onChange: (value: Value) => void;
  /** Only the icons are on the screen. */
  iconsOnly?: boolean;
  disabled?: boolean;
}

export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  iconsOnly = false,
  disabled = false,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup
      className="segmented"
      aria-label={label}
      disabled={disabled}
      value={[value]}
      onValueChange={([chosen]) => {
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {options.map((option) => {
        const button = (
          <Toggle
            key={option.value}
            value={option.value}
            className="segmented-option"
            aria-label={iconsOnly ? option.label : undefined}
          >
            {option.icon}
            {!iconsOnly && <span>{option.label}</span>}
          </Toggle>
        );
        return iconsOnly ? (
          <Tooltip key={option.value} label={option.label}>
            {button}
          </Tooltip>
        ) : (
          button
        );
      })}
    </ToggleGroup>
  );
}
