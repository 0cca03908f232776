// Owns an error on a screen: what happened, what to do, and where it can be done at once, the button for it.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../shared/base/errors.ts';
import { errorText } from '../i18n/error-text.ts';
import { Callout } from '../ui/callout.tsx';

export function ErrorCallout({
  reason,
  extra,
  tone = 'danger',
  actions,
}: {
  reason: ErrorReason;
  /** One more sentence, for example how many tries are left. */
  extra?: string | null;
  tone?: 'warning' | 'danger';
  actions?: ReactNode;
}) {
  const { t } = useTranslation();
  const { title, help } = errorText(t, reason);
  return (
    <Callout tone={tone} title={title} announced {...(actions === undefined ? {} : { actions })}>
      <p>{extra ? `${extra} ${help}` : help}</p>
    </Callout>
  );
}
