// Owns the devices that may come into this computer without a code: who, until when, and how they are sent away for good.
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '../../../shared/ipc/state.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp, useNow } from '../../store/use-app.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Words } from '../../ui/words.tsx';
import { DevicePermissions } from './device-permissions.tsx';
import './devices.css';
import { PairByKey } from './pair-by-key.tsx';
import { Commit, Row, Section } from './setting-rows.tsx';

const NAME_LENGTH = 128;
const DAY_MS = 24 * 60 * 60_000;
/** Offered as ends of a pairing, in days from now. */
const DAYS = [1, 7, 30, 90, 365] as const;

export function Devices() {
  const { t } = useTranslation();
  const devices = useApp((app) => app.devices);
  const { identityText } = useApp((app) => app.info);
  const [adding, setAdding] = useState(false);
  return (
    <Section title={t('devices.title')}>
      {devices.length === 0 ? (
        <Row name={t('devices.none')} help={t('devices.how')}>
          {() => null}
        </Row>
      ) : (
        devices.map((device) => <Device key={device.id} device={device} />)
      )}
      <Row name={t('devices.by-key')} help={t('devices.by-key-help')}>
        {() => (
          <div className="setting-buttons">
            <CopyButton text={identityText} label={t('devices.copy-own')} />
            <Button onClick={() => setAdding(true)}>{t('devices.add')}</Button>
          </div>
        )}
      </Row>
      <PairByKey open={adding} onClose={() => setAdding(false)} />
    </Section>
  );
}

function Device({ device }: { device: DeviceView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useActions();
  const act = useAct();
  const nowMs = useNow(60_000);
  const { id, name, fingerprint, usedAtMs, expiresAtMs, asksUser } = device;
  const used = usedAtMs === null ? t('devices.unused') : t('devices.used', { ago: format.ago(nowMs - usedAtMs) });
  const left = expiresAtMs === null ? null : Math.max(1, Math.ceil((expiresAtMs - nowMs) / DAY_MS));
  const nameId = `device-${id}`;
  return (
    <div className="setting device">
      <div className="device-who">
        <span className="unseen" id={nameId}>
          {t('devices.name')}
        </span>
        <Commit
          labelledBy={nameId}
          describedBy={undefined}
          value={name}
          maxLength={NAME_LENGTH}
          parse={(text) => text.trim() || null}
          wrong={t('devices.name-wrong')}
          onCommit={(chosen) => void act(actions.changeDevice({ id, name: chosen }))}
        />
        <p className="option-help">{used}</p>
        <Words words={fingerprint} size="s" label={t('proof.fingerprint')} />
      </div>
      <div className="device-rules">
        <div className="device-rule">
          <span id={`${nameId}-ends`}>{t('devices.ends')}</span>
          <Select
            labelledBy={`${nameId}-ends`}
            value={left === null ? 'never' : 'set'}
            options={[
              { value: 'never', label: t('devices.never') },
              ...(left === null ? [] : [{ value: 'set', label: t('devices.left', { count: left }) }]),
              ...DAYS.map((days) => ({ value: String(days), label: t('devices.in-days', { count: days }) })),
            ]}
            onChange={(chosen) => {
              if (chosen === 'set') return;
              const end = chosen === 'never' ? null : Date.now() + Number(chosen) * DAY_MS;
              void act(actions.changeDevice({ id, expiresAtMs: end }));
            }}
          />
        </div>
        <div className="device-rule">
          <span>{t('devices.may')}</span>
          <DevicePermissions device={device} />
        </div>
        <div className="device-rule">
          <span id={`${nameId}-asks`}>{t('devices.asks')}</span>
          <Switch
            labelledBy={`${nameId}-asks`}
            checked={asksUser}
            onChange={(asks) => void act(actions.changeDevice({ id, asksUser: asks }))}
          />
        </div>
        <IconButton
          tone="danger"
          size="s"
          label={t('devices.revoke', { name })}
          icon={<Trash2 />}
          onClick={() => void act(actions.revokeDevice(id))}
        />
      </div>
    </div>
  );
}
