// Owns the settings of who may come at all: nobody for now, only from certain networks; and what happens when they go.
import { useTranslation } from 'react-i18next';
import { NETWORK_LIMITS, parseNetwork } from '../../../shared/model/network.ts';
import { LOCK_AFTER_LOSS_S, type SettingsPatch } from '../../../shared/model/settings.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Select } from '../../ui/select.tsx';
import { Hours } from './hours.tsx';
import { Commit, Row, Section, Toggle } from './setting-rows.tsx';

export function Incoming() {
  const { t } = useTranslation();
  const settings = useApp((app) => app.settings);
  const actions = useActions();
  const act = useAct();
  const change = (patch: SettingsPatch) => void act(actions.updateSettings(patch));
  return (
    <Section title={t('incoming.title')}>
      <Toggle
        name={t('incoming.disturb')}
        help={t('incoming.disturb-help')}
        checked={settings.doNotDisturb}
        onChange={(doNotDisturb) => change({ doNotDisturb })}
      />
      <Row name={t('incoming.networks')} help={t('incoming.networks-help')}>
        {(labelId, helpId) => (
          <Commit
            labelledBy={labelId}
            describedBy={helpId}
            value={settings.allowedNetworks.join(', ')}
            placeholder={t('incoming.networks-any')}
            maxLength={NETWORK_LIMITS.networks * (NETWORK_LIMITS.textLength + 2)}
            parse={(text) => networksIn(text)?.join(', ') ?? null}
            wrong={t('incoming.networks-wrong', { count: NETWORK_LIMITS.networks })}
            onCommit={(text) => change({ allowedNetworks: networksIn(text) ?? [] })}
          />
        )}
      </Row>
      <Hours />
      <Toggle
        name={t('incoming.lock')}
        help={t('incoming.lock-help')}
        checked={settings.lockOnEnd}
        onChange={(lockOnEnd) => change({ lockOnEnd })}
      />
      {settings.lockOnEnd && (
        <Row name={t('incoming.lock-loss')} help={t('incoming.lock-loss-help')}>
          {(labelId) => (
            <Select
              labelledBy={labelId}
              value={String(settings.lockAfterLossS)}
              options={LOCK_AFTER_LOSS_S.map((seconds) => ({
                value: String(seconds),
                label:
                  seconds < 60
                    ? t('incoming.seconds', { count: seconds })
                    : t('incoming.minutes', { count: seconds / 60 }),
              }))}
              onChange={(chosen) =>
                change({ lockAfterLossS: LOCK_AFTER_LOSS_S.find((seconds) => String(seconds) === chosen) ?? 60 })
              }
            />
          )}
        </Row>
      )}
    </Section>
  );
}

/** Null when one of them is none. */
function networksIn(text: string): string[] | null {
  const networks = text.split(/[\s,;]+/).filter(Boolean);
  if (networks.length > NETWORK_LIMITS.networks) return null;
  try {
    for (const network of networks) parseNetwork(network);
    return networks;
  } catch {
    return null;
  }
}
