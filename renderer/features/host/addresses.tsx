// Owns the addresses at which others reach this computer.
import { useTranslation } from 'react-i18next';
import { DEFAULT_RELAY_PORT } from '../../../shared/model/host-address.ts';
import { CopyButton } from '../../feedback/copy-button.tsx';

export function Addresses({ addresses, port }: { addresses: readonly string[]; port: number | null }) {
  const { t } = useTranslation();
  return (
    <div className="block">
      <h3>{t('host.addresses.title', { count: Math.max(1, addresses.length) })}</h3>
      {addresses.length === 0 ? (
        <p className="muted">{t('host.addresses.none')}</p>
      ) : (
        <ul>
          {addresses.map((address) => (
            <li key={address} className="line-row">
              <span className="number selectable clip line-value">{address}</span>
              <CopyButton text={address} label={t('host.addresses.copy', { address })} />
            </li>
          ))}
        </ul>
      )}
      {port !== null && port !== DEFAULT_RELAY_PORT && (
        <p className="block-note">{t('host.addresses.port', { port: String(port) })}</p>
      )}
    </div>
  );
}
