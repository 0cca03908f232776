// Owns one-line text fields with a label, a hint and an error.
import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import './text-field.css';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'size'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The label is for screen readers only. */
  labelHidden?: boolean;
  hint?: string | undefined;
  error?: string | null | undefined;
  /** Before the text, for example a looking glass. */
  icon?: ReactNode;
  /** After the text, for example a button. */
  trailing?: ReactNode;
  look?: 'plain' | 'code';
}

export function TextField({
  label,
  value,
  onChange,
  labelHidden = false,
  hint,
  error,
  icon,
  trailing,
  look = 'plain',
  className,
  ...rest
}: TextFieldProps) {
  const id = useId();
  const help = error ?? hint;
  return (
    <div className={classNames('field', className)} data-look={look} data-invalid={error ? '' : undefined}>
      <label className={labelHidden ? 'unseen' : 'field-label'} htmlFor={id}>
        {label}
      </label>
      <div className="field-box">
        {icon}
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          id={id}
          className="field-input"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={help ? `${id}-help` : undefined}
        />
        {trailing}
      </div>
      {help && (
        <p className="field-help" id={`${id}-help`} role={error ? 'alert' : undefined}>
          {help}
        </p>
      )}
    </div>
  );
}
