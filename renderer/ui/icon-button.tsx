// Owns buttons with an icon only: their name is told to screen readers and shown as a tooltip.
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';
import './icon-button.css';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  label: string;
  icon: ReactNode;
  size?: 's' | 'm';
  tone?: 'plain' | 'danger';
  /** Makes it a button that stays pressed. */
  pressed?: boolean;
  tooltipSide?: 'top' | 'bottom';
}

export function IconButton({
  label,
  icon,
  size = 'm',
  tone = 'plain',
  pressed,
  tooltipSide = 'bottom',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} side={tooltipSide}>
      <button
        type="button"
        {...rest}
        className={classNames('icon-button', className)}
        data-size={size}
        data-tone={tone}
        aria-label={label}
        aria-pressed={pressed}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
