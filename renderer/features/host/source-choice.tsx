// Owns what is shared: a row that says it, and the way to choose another.
import { AppWindow, Monitor } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import { Button } from '../../ui/button.tsx';
import { SourcePicker } from './source-picker.tsx';

export function SourceChoice({ source }: { source: CaptureSource | null }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="block">
      <h3>{t('host.source.title')}</h3>
      <div className="source-row">
        <span className="source-picture">
          {source?.thumbnail ? (
            <img src={source.thumbnail} alt="" />
          ) : source?.kind === 'window' ? (
            <AppWindow aria-hidden="true" />
          ) : (
            <Monitor aria-hidden="true" />
          )}
        </span>
        <span className="source-text">
          <span className="clip">{source ? source.name : t('host.source.default')}</span>
          {source && source.widthPx > 0 && (
            <span className="muted number source-size">
              {t('host.source.size', { width: source.widthPx, height: source.heightPx })}
            </span>
          )}
        </span>
        <Button size="s" onClick={() => setChoosing(true)}>
          {t('host.source.change')}
        </Button>
      </div>
      <SourcePicker open={choosing} chosen={source?.id ?? null} onClose={() => setChoosing(false)} />
    </div>
  );
}
