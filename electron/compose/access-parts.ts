// Owns how the ways into this machine are put together: the one-time code, the permanent password, and who is asked.
import { powerMonitor } from 'electron';
import { TarnetError } from '../../shared/base/errors.ts';
import type { DeviceView } from '../../shared/ipc/state.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import { isUserAsked, unaskedPermissions } from '../app/admission.ts';
import { addNotice } from '../app/notices.ts';
import type { SharingAccess } from '../app/sharing.ts';
import { AccessCode } from '../pairing/access-code.ts';
import { type AccessGateState, type AccessGates, NO_CODE } from '../pairing/access-gate.ts';
import { fingerprintOf } from '../pairing/identity.ts';
import { type PairedDevice, PairedDevices } from '../pairing/paired-devices.ts';
import { PasswordGate } from '../pairing/password-gate.ts';
import { SecondFactor } from '../pairing/second-factor.ts';
import { type Applicant, acceptAll, type ConsentPort, spareUser, undisturbed } from '../session/consent.ts';
import type { Ground } from './ground.ts';

export interface AccessPolicy {
  /** The secret of a file: it replaces the access code; null for a code. */
  secret: string | null;
  /** Lets whoever knows the secret in; null asks the host's user. */
  accept: 'control' | 'view' | null;
}

export interface AccessParts {
  gates: AccessGates;
  /** The code, as sharing starts and stops it. */
  sharing: SharingAccess;
  password: PasswordGate;
  secondFactor: SecondFactor;
  devices: PairedDevices;
  consent: ConsentPort;
  codeState(): AccessGateState;
}

/** Nobody has touched mouse or keyboard for so long: nobody is there to be asked. */
const AWAY_AFTER_S = 120;

export interface AccessEvents {
  /** The code has changed, ran out or lost a try. */
  onCode(): void;
  /** Whoever came in with the password, or without the second factor that is now asked for, has to go. */
  onPasswordReplaced(): void;
  /** The device may do this from now on. */
  onDeviceAllowed(identity: PublicIdentity, permissions: Permissions): void;
  /** The device is not paired any more: what it has open ends. */
  onDeviceGone(identity: PublicIdentity): void;
}

export function composeAccess(
  ground: Ground,
  policy: AccessPolicy,
  desk: ConsentPort,
  events: AccessEvents,
): AccessParts {
  const { clock, state, settings, opaque, identity } = ground;
  const log = ground.log.scope('access');
  const password = new PasswordGate({
    store: ground.secrets,
    opaque,
    clock,
    log,
    isOn: () => settings.value.unattendedAccess,
    fileSecret: policy.secret,
    onChange: () => publish(),
    onReplaced: () => events.onPasswordReplaced(),
  });
  const secondFactor = new SecondFactor({
    store: ground.secrets,
    clock,
    log,
    onChange: () => publish(),
    onSwitchedOn: () => events.onPasswordReplaced(),
  });
  const publish = () => {
    const { isSet, fromFile, guesses, isStopped } = password.state;
    const { total: wrongGuesses, waitUntilMs } = guesses;
    const { isOn, recoveryCodesLeft } = secondFactor.state;
    state.set('password', {
      isSet,
      fromFile,
      wrongGuesses,
      waitUntilMs,
      isStopped,
      secondFactor: isOn,
      recoveryCodesLeft,
    });
  };
  const devices = new PairedDevices({
    store: ground.secrets,
    clock,
    log,
    onChange: (all) => state.set('devices', all.map(viewOf)),
    onPermissions: ({ identity: allowed, permissions }) => {
      if (permissions) events.onDeviceAllowed(allowed, permissions);
    },
    onGone: ({ identity: gone }) => events.onDeviceGone(gone),
  });
  for (const loading of [password.load(), secondFactor.load(), devices.load()])
    loading.then(
      (setAside) => {
        if (setAside !== null) addNotice(state, 'settings-corrupt', setAside);
      },
      (error: unknown) => log.error('cannot read who may come in', { reason: TarnetError.from(error).reason }),
    );
  let wasOn = settings.value.unattendedAccess;
  settings.onChange(({ unattendedAccess }) => {
    if (wasOn && !unattendedAccess && policy.secret === null) events.onPasswordReplaced();
    wasOn = unattendedAccess;
  });
  const code =
    policy.secret === null
      ? new AccessCode({ opaque, clock, log, hostId: identity.hostId, onChange: () => events.onCode() })
      : null;
  const unattended = (level: 'control' | 'view') => (applicant: Applicant) =>
    unaskedPermissions(level, applicant, settings.value.permissionDefaults);
  return {
    gates: { code: code ?? NO_CODE, password, secondFactor },
    password,
    secondFactor,
    devices,
    codeState: () => (code ?? NO_CODE).state,
    sharing: {
      start: () => {
        code?.start();
        password.start();
      },
      stop: () => {
        code?.stop();
        password.stop();
      },
      renew: () => {
        if (!code) throw new TarnetError('not-supported', 'the secret comes from a file and is not renewed');
        code.renew();
      },
    },
    consent: policy.accept
      ? acceptAll(unattended(policy.accept))
      : spareUser(
          undisturbed(desk, () => settings.value.doNotDisturb),
          ({ how, fingerprint }) => {
            const words = fingerprint.join(' ');
            const device = state.get('devices').find((one) => one.fingerprint.join(' ') === words);
            const { passwordAsksUser, unattendedSchedule } = settings.value;
            const rules = { passwordAsksUser, unattendedSchedule, deviceAsksUser: device?.asksUser ?? true };
            return isUserAsked(how, rules, { nowMs: clock.nowMs(), isSomebodyThere });
          },
          unattended('control'),
        ),
  };
}

function viewOf({ identity, permissions, ...device }: PairedDevice): DeviceView {
  return { ...device, permissions: permissions && [...permissions], fingerprint: [...fingerprintOf(identity)] };
}

function isSomebodyThere(): boolean {
  const idle = powerMonitor.getSystemIdleState(AWAY_AFTER_S);
  return idle === 'active' || idle === 'unknown';
}
