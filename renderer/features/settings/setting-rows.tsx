// Owns the rows of the settings: a name, a sentence that explains it, and what one sets it with.
import { type ReactNode, useEffect, useId, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { Switch } from '../../ui/switch.tsx';

export function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="settings-group" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {help !== undefined && <p className="settings-group-help">{help}</p>}
      <div className="settings-box">{children}</div>
    </section>
  );
}

interface RowProps {
  name: string;
  help?: string;
  /** What it gives up stands out. */
  warns?: boolean;
  children: (labelId: string, helpId: string | undefined) => ReactNode;
}

export function Row({ name, help, warns = false, children }: RowProps) {
  const id = useId();
  return (
    <div className="setting">
      <div className="setting-text">
        <p className="option-name" id={`${id}-name`}>
          {name}
        </p>
        {help !== undefined && (
          <p className="option-help" id={`${id}-help`} data-warning={warns ? '' : undefined}>
            {help}
          </p>
        )}
      </div>
      <div className="setting-control">{children(`${id}-name`, help === undefined ? undefined : `${id}-help`)}</div>
    </div>
  );
}

interface ToggleProps {
  name: string;
  help: string;
  warns?: boolean;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Toggle({ name, help, warns = false, checked, onChange }: ToggleProps) {
  return (
    <Row name={name} help={help} warns={warns}>
      {(labelId, helpId) => (
        <Switch
          labelledBy={labelId}
          checked={checked}
          onChange={onChange}
          {...(helpId === undefined ? {} : { describedBy: helpId })}
        />
      )}
    </Row>
  );
}

interface CommitProps<Value extends string | number> {
  labelledBy: string;
  describedBy: string | undefined;
  value: Value;
  placeholder?: string;
  inputMode?: 'numeric';
  maxLength: number;
  narrow?: boolean;
  /** Null for what cannot be. */
  parse: (text: string) => Value | null;
  wrong?: string;
  onCommit: (value: Value) => void;
}

/** A text that counts when it is left or confirmed; Escape takes it back. */
export function Commit<Value extends string | number>(props: CommitProps<Value>) {
  const { value, parse, onCommit, wrong, narrow = false } = props;
  const id = useId();
  const [text, setText] = useState(String(value));
  const [failed, setFailed] = useState(false);
  useEffect(() => setText(String(value)), [value]);
  const commit = () => {
    const parsed = parse(text);
    setFailed(parsed === null);
    if (parsed === null) return;
    setText(String(parsed));
    if (parsed !== value) onCommit(parsed);
  };
  return (
    <div className={classNames('field', 'setting-field')} data-invalid={failed ? '' : undefined} data-narrow={narrow}>
      <div className="field-box">
        <input
          className="field-input"
          autoComplete="off"
          spellCheck={false}
          aria-labelledby={props.labelledBy}
          aria-describedby={failed ? id : props.describedBy}
          aria-invalid={failed || undefined}
          value={text}
          placeholder={props.placeholder}
          inputMode={props.inputMode}
          maxLength={props.maxLength}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setFailed(false);
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') {
              setText(String(value));
              setFailed(false);
            }
          }}
        />
      </div>
      {failed && (
        <p className="field-help" id={id} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
