// Owns choosing a shortcut by pressing it.
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import { Button } from '../../ui/button.tsx';
import { acceleratorKeys, acceleratorOf } from './accelerator.ts';

interface ShortcutFieldProps {
  labelledBy: string;
  value: string;
  platform: string;
  onChange: (accelerator: string) => void;
}

export function ShortcutField({ labelledBy, value, platform, onChange }: ShortcutFieldProps) {
  const { t } = useTranslation();
  const [recording, setRecording] = useState(false);
  return (
    <div className="shortcut">
      <button
        type="button"
        className="shortcut-keys"
        aria-labelledby={labelledBy}
        aria-description={recording ? t('settings.shortcut-press') : t('settings.shortcut-change')}
        data-recording={recording ? '' : undefined}
        onClick={() => setRecording(true)}
        onBlur={() => setRecording(false)}
        onKeyDown={(event) => {
          if (!recording) return;
          if (event.code === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.code === 'Escape') setRecording(false);
          const accelerator = acceleratorOf(event.nativeEvent);
          if (!accelerator) return;
          setRecording(false);
          onChange(accelerator);
        }}
      >
        {recording ? (
          <span className="muted">{t('settings.shortcut-press')}</span>
        ) : (
          acceleratorKeys(value, platform).map((key, index) => (
            <Fragment key={key}>
              {index > 0 && <span aria-hidden="true">{'+'}</span>}
              <kbd>{key}</kbd>
            </Fragment>
          ))
        )}
      </button>
      {value !== DEFAULT_SETTINGS.stopSharingShortcut && (
        <Button size="s" variant="quiet" onClick={() => onChange(DEFAULT_SETTINGS.stopSharingShortcut)}>
          {t('settings.shortcut-reset')}
        </Button>
      )}
    </div>
  );
}
