// Owns asking for what opens another computer: its code, or its password.
import { useTranslation } from 'react-i18next';
import { PASSWORD_BOUNDS } from '../../shared/model/password.ts';
import { CodeField } from '../ui/code-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { AccessDraft } from './access-draft.ts';

interface AccessFieldsProps {
  draft: AccessDraft;
  onChange: (draft: AccessDraft) => void;
  autoFocus?: boolean;
}

export function AccessFields({ draft, onChange, autoFocus = false }: AccessFieldsProps) {
  const { t } = useTranslation();
  const { kind, text } = draft;
  const type = (typed: string) => onChange({ kind, text: typed });
  return (
    <>
      <Segmented
        label={t('connect.with')}
        value={kind}
        options={[
          { value: 'code', label: t('connect.code') },
          { value: 'password', label: t('connect.password') },
        ]}
        onChange={(chosen) => onChange({ kind: chosen, text: '' })}
      />
      {kind === 'password' ? (
        <TextField
          key="password"
          label={t('connect.password')}
          hint={t('connect.password-hint')}
          type="password"
          maxLength={PASSWORD_BOUNDS.maxLength}
          autoFocus={autoFocus}
          value={text}
          onChange={type}
        />
      ) : (
        <CodeField
          key="code"
          label={t('connect.code')}
          hint={t('connect.code-hint')}
          placeholder={t('connect.code-placeholder')}
          autoFocus={autoFocus}
          value={text}
          onChange={type}
        />
      )}
    </>
  );
}
