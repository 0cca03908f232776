// Owns the field for an access code, which groups its digits as they are typed or pasted.
import { useLayoutEffect, useRef } from 'react';
import { caretAfterGrouping, groupCode } from './code-input.ts';
import { TextField, type TextFieldProps } from './text-field.tsx';

export function CodeField({ onChange, ...rest }: Omit<TextFieldProps, 'look' | 'inputMode' | 'ref'>) {
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  // React puts the caret at the end when the text it shows is not the text that was typed
  useLayoutEffect(() => {
    if (caret.current !== null && document.activeElement === input.current)
      input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  return (
    <TextField
      {...rest}
      ref={input}
      look="code"
      inputMode="numeric"
      onChange={(typed) => {
        caret.current = caretAfterGrouping(typed, input.current?.selectionStart ?? typed.length);
        onChange(groupCode(typed));
      }}
    />
  );
}
