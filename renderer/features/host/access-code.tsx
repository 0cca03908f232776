// Owns the one-time code: large, easy to read out, with how long and how often it still works.
import { RefreshCw, ShieldAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ShareState } from '../../../shared/ipc/state.ts';
import { formatNineDigits } from '../../../shared/model/host-id.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useNow } from '../../store/use-app.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Spinner } from '../../ui/spinner.tsx';

export function AccessCode({ share }: { share: ShareState }) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const { code, codePending, codeWaitUntilMs } = share;
  if (code === null && !codePending)
    return (
      <div className="code-block">
        <h3>{t('host.code.title')}</h3>
        <p className="muted">{t('host.code.replaced')}</p>
      </div>
    );
  return (
    <div className="code-block">
      <div className="block-head">
        <h3>{t('host.code.title')}</h3>
        <div className="block-tools">
          {code !== null && <CopyButton text={code} label={t('host.code.copy')} />}
          <IconButton
            size="s"
            label={t('host.code.renew')}
            icon={<RefreshCw />}
            disabled={codePending && codeWaitUntilMs === null}
            onClick={() => void act(actions.renewCode())}
          />
        </div>
      </div>
      {code === null || codePending ? (
        <p className="code-pending" role="status">
          {codeWaitUntilMs === null ? <Spinner /> : <ShieldAlert aria-hidden="true" />}
          {t(codeWaitUntilMs === null ? 'host.code.pending' : 'host.code.waiting')}
        </p>
      ) : (
        <p className="code selectable">
          <span className="unseen">{[...code].join(' ')}</span>
          {formatNineDigits(code)
            .split(' ')
            .map((group, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is what identifies a group, and groups may repeat
              <span key={index} aria-hidden="true">
                {group}
              </span>
            ))}
        </p>
      )}
      <CodeLimits share={share} />
    </div>
  );
}

function CodeLimits({ share }: { share: ShareState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { codeExpiresAtMs, codeTriesLeft, codePending, codeWaitUntilMs } = share;
  const newAtMs = codePending ? codeWaitUntilMs : codeExpiresAtMs;
  const running = newAtMs !== null;
  const nowMs = useNow(1_000, running);
  const leftMs = Math.max(0, (newAtMs ?? nowMs) - nowMs);
  return (
    <p className="code-limits number">
      <span>{running ? t('host.code.expires', { left: format.countdown(leftMs) }) : ' '}</span>
      {codeTriesLeft !== null && !codePending && (
        <span data-few={codeTriesLeft <= 2 ? '' : undefined}>{t('host.code.tries', { count: codeTriesLeft })}</span>
      )}
    </p>
  );
}
