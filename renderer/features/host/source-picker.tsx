// Owns the choice of the display or window to share, by picture.
import { AppWindow, Check, Monitor, RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import './source-picker.css';

type Sources =
  | { status: 'loading' }
  | { status: 'failed'; reason: ErrorReason }
  | { status: 'ready'; sources: CaptureSource[] };

interface SourcePickerProps {
  open: boolean;
  chosen: string | null;
  onClose: () => void;
}

export function SourcePicker({ open, chosen, onClose }: SourcePickerProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const [found, setFound] = useState<Sources>({ status: 'loading' });

  const look = useCallback(async () => {
    setFound({ status: 'loading' });
    try {
      setFound({ status: 'ready', sources: await actions.sources() });
    } catch (error) {
      setFound({ status: 'failed', reason: TarnetError.from(error).reason });
    }
  }, [actions]);
  useEffect(() => {
    if (open) void look();
  }, [open, look]);

  const choose = async (sourceId: string) => {
    if (await act(actions.selectSource(sourceId))) onClose();
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="l"
      title={t('sources.title')}
      description={t('sources.description')}
      closeLabel={t('common.close')}
      footer={
        <>
          <Button
            className="push"
            variant="quiet"
            icon={<RefreshCw />}
            disabled={found.status === 'loading'}
            onClick={() => void look()}
          >
            {t('sources.refresh')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      {found.status === 'loading' && <SourcesLoading />}
      {found.status === 'failed' && <ErrorCallout reason={found.reason} />}
      {found.status === 'ready' && (
        <>
          <SourceGroup
            title={t('sources.displays')}
            none={t('sources.no-displays')}
            sources={found.sources.filter(({ kind }) => kind === 'display')}
            chosen={chosen}
            onChoose={choose}
          />
          <SourceGroup
            title={t('sources.windows')}
            none={t('sources.no-windows')}
            sources={found.sources.filter(({ kind }) => kind === 'window')}
            chosen={chosen}
            onChoose={choose}
          />
        </>
      )}
    </Dialog>
  );
}

function SourcesLoading() {
  const { t } = useTranslation();
  return (
    <div className="sources" role="status" aria-label={t('sources.loading')}>
      {[1, 2, 3].map((place) => (
        <div key={place} className="source-tile source-tile-loading" />
      ))}
    </div>
  );
}

interface SourceGroupProps {
  title: string;
  none: string;
  sources: CaptureSource[];
  chosen: string | null;
  onChoose: (sourceId: string) => Promise<void>;
}

function SourceGroup({ title, none, sources, chosen, onChoose }: SourceGroupProps) {
  const { t } = useTranslation();
  return (
    <section>
      <h3 className="sources-title">{title}</h3>
      {sources.length === 0 && <p className="muted">{none}</p>}
      <ul className="sources">
        {sources.map((source) => (
          <li key={source.id}>
            <button
              type="button"
              className="source-tile"
              aria-pressed={source.id === chosen}
              onClick={() => void onChoose(source.id)}
            >
              <span className="source-tile-picture">
                {source.thumbnail ? (
                  <img src={source.thumbnail} alt="" />
                ) : source.kind === 'window' ? (
                  <AppWindow aria-hidden="true" />
                ) : (
                  <Monitor aria-hidden="true" />
                )}
                {source.id === chosen && (
                  <span className="source-tile-mark">
                    <Check aria-hidden="true" />
                  </span>
                )}
              </span>
              <span className="source-tile-name clip">{source.name}</span>
              {source.kind === 'display' && source.widthPx > 0 && (
                <span className="source-tile-detail number">
                  {t('host.source.size', { width: source.widthPx, height: source.heightPx })}
                  {source.primary && ` · ${t('sources.primary')}`}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
