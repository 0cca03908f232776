// Owns the way to a host of protocol v1: what that gives up is said, and agreed to, each time.
import { LockOpen } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import { type PlainHost, parsePlainRelay } from '../../../shared/model/plain-host.ts';
import { ErrorCallout } from '../../feedback/error-callout.tsx';
import { useAct } from '../../feedback/use-act.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import './plain-dialog.css';

export function PlainDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const flow = usePlainConnection(open, onClose);
  return (
    <Dialog
      open={open}
      onClose={flow.giveUp}
      size="m"
      title={t('plain.title')}
      closeLabel={t('common.close')}
      insistent={flow.step === 'connecting'}
    >
      {flow.step === 'ask' && <PlainForm onCancel={flow.giveUp} onConnect={flow.connect} />}
      {flow.step === 'connecting' && (
        <>
          <p className="plain-connecting" role="status">
            <Spinner />
            {t('connect.step.connecting')}
          </p>
          <div className="connect-actions">
            <Button onClick={flow.giveUp}>{t('common.cancel')}</Button>
          </div>
        </>
      )}
      {flow.step === 'failed' && (
        <>
          <ErrorCallout reason={flow.reason} />
          <div className="connect-actions">
            <Button onClick={flow.giveUp}>{t('common.close')}</Button>
            <Button variant="primary" onClick={flow.again}>
              {t('plain.back')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

interface PlainFormProps {
  onCancel: () => void;
  onConnect: (relay: string, hostId: string, viewOnly: boolean) => Promise<void>;
}

function PlainForm({ onCancel, onConnect }: PlainFormProps) {
  const { t } = useTranslation();
  const id = useId();
  const [hostId, setHostId] = useState<string | null>(null);
  const [viewOnly, setViewOnly] = useState(true);
  const [agreed, setAgreed] = useState(false);
  const [busy, setBusy] = useState(false);
  const relay = useRelayHosts(() => setHostId(null));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (relay.hosts === null) {
      await relay.list();
      return;
    }
    if (hostId === null || !agreed || busy) return;
    setBusy(true);
    await onConnect(relay.text, hostId, viewOnly);
    setBusy(false);
  };

  return (
    <form className="plain-form" onSubmit={(event) => void submit(event)}>
      <Callout tone="warning" title={t('plain.warning')}>
        <p>{t('plain.warning-help')}</p>
      </Callout>
      <div className="plain-relay">
        <TextField
          label={t('plain.relay')}
          placeholder={t('plain.relay-placeholder')}
          value={relay.text}
          error={relay.wrong ? t('plain.relay-wrong') : null}
          onChange={relay.setText}
        />
        <Button
          type={relay.hosts === null ? 'submit' : 'button'}
          busy={relay.busy}
          disabled={relay.text.trim() === ''}
          onClick={relay.hosts === null ? undefined : () => void relay.list()}
        >
          {t('plain.list')}
        </Button>
      </div>
      {relay.problem && <ErrorCallout reason={relay.problem} />}
      {relay.hosts !== null && <PlainHosts hosts={relay.hosts} chosen={hostId} onChoose={setHostId} />}
      {hostId !== null && (
        <>
          <Choice
            id={`${id}-view`}
            name={t('connect.view-only')}
            help={t('connect.view-only-help')}
            checked={viewOnly}
            onChange={setViewOnly}
          />
          <Choice
            id={`${id}-agree`}
            name={t('plain.agree')}
            help={t('plain.agree-help')}
            checked={agreed}
            onChange={setAgreed}
          />
        </>
      )}
      <div className="connect-actions">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        {relay.hosts !== null && (
          <Button variant="danger" type="submit" icon={<LockOpen />} disabled={hostId === null || !agreed} busy={busy}>
            {t('plain.connect')}
          </Button>
        )}
      </div>
    </form>
  );
}

function PlainHosts({
  hosts,
  chosen,
  onChoose,
}: {
  hosts: readonly PlainHost[];
  chosen: string | null;
  onChoose: (hostId: string) => void;
}) {
  const { t } = useTranslation();
  const name = useId();
  if (hosts.length === 0) return <p className="muted">{t('plain.none')}</p>;
  return (
    <fieldset className="plain-hosts">
      <legend>{t('plain.hosts')}</legend>
      <div className="plain-hosts-box">
        {hosts.map(({ hostId, clients }) => (
          <label key={hostId} className="plain-host">
            <input type="radio" name={name} checked={chosen === hostId} onChange={() => onChoose(hostId)} />
            <span className="plain-host-text">
              <span className="clip" title={hostId}>
                {hostId}
              </span>
              <span className="host-detail">{t('plain.clients', { count: clients })}</span>
            </span>
            <Badge tone="warning" icon={<LockOpen aria-hidden="true" />}>
              {t('plain.badge')}
            </Badge>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Choice({
  id,
  name,
  help,
  checked,
  onChange,
}: {
  id: string;
  name: string;
  help: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <div className="option">
      <div>
        <p className="option-name" id={id}>
          {name}
        </p>
        <p className="option-help" id={`${id}-help`}>
          {help}
        </p>
      </div>
      <Switch labelledBy={id} describedBy={`${id}-help`} checked={checked} onChange={onChange} />
    </div>
  );
}

/** The relay that is being typed, and what it says that it has. */
function useRelayHosts(onAnother: () => void) {
  const actions = useActions();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ErrorReason | null>(null);
  const [hosts, setHosts] = useState<PlainHost[] | null>(null);

  const list = async () => {
    onAnother();
    setProblem(null);
    try {
      parsePlainRelay(text);
    } catch {
      setWrong(true);
      return;
    }
    setBusy(true);
    try {
      setHosts(await actions.listPlainHosts(text));
    } catch (error) {
      setHosts(null);
      setProblem(TarnetError.from(error).reason);
    }
    setBusy(false);
  };
  const change = (value: string) => {
    setText(value);
    setWrong(false);
    setProblem(null);
    setHosts(null);
    onAnother();
  };
  return { text, setText: change, wrong, busy, problem, hosts, list };
}

/** The connection that this dialog has begun. Another one begins with the question again. */
function usePlainConnection(open: boolean, onClose: () => void) {
  const actions = useActions();
  const act = useAct();
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const connection = useApp((app) => app.connections.find(({ id }) => id === connectionId));
  const phase = connection?.phase;
  const step = connectionId === null ? 'ask' : phase === 'ended' ? 'failed' : 'connecting';
  const isOpen = phase === 'active' || phase === 'reconnecting';

  useEffect(() => {
    if (!open) setConnectionId(null);
  }, [open]);
  useEffect(() => {
    if (open && isOpen) onClose();
  }, [open, isOpen, onClose]);

  const connect = async (relay: string, hostId: string, viewOnly: boolean) => {
    await act(actions.openPlainConnection({ relay, hostId, viewOnly, unencrypted: true }).then(setConnectionId));
  };
  const forget = () => {
    setConnectionId(null);
    if (connectionId !== null) void act(actions.dismissConnection(connectionId));
  };
  const giveUp = () => {
    onClose();
    if (!isOpen) forget();
  };
  const reason: ErrorReason = connection?.error?.reason ?? 'ended-by-viewer';
  return { step, reason, connect, giveUp, again: forget } as const;
}
