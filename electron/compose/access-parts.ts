// Owns how the ways into this machine are put together: the one-time code, the permanent password, and who is asked.
import { powerMonitor } from 'electron';
import { TarnetError } from '../../shared/base/errors.ts';
import { unattendedPermissions } from '../../shared/model/permissions.ts';
import { isWithinSchedule } from '../../shared/model/schedule.ts';
import { addNotice } from '../app/notices.ts';
import type { SharingAccess } from '../app/sharing.ts';
import { AccessCode } from '../pairing/access-code.ts';
import { type AccessGateState, type AccessGates, NO_CODE } from '../pairing/access-gate.ts';
import { PasswordGate } from '../pairing/password-gate.ts';
import { acceptAll, type ConsentPort, sparePassword, undisturbed } from '../session/consent.ts';
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
  consent: ConsentPort;
  codeState(): AccessGateState;
}

/** Nobody has touched mouse or keyboard for so long: nobody is there to be asked. */
const AWAY_AFTER_S = 120;

/** @param onCode the code has changed, ran out or lost a try */
export function composeAccess(
  ground: Ground,
  policy: AccessPolicy,
  desk: ConsentPort,
  onCode: () => void,
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
  });
  const publish = () => {
    const { isSet, fromFile, guesses, isStopped } = password.state;
    const { total: wrongGuesses, waitUntilMs } = guesses;
    state.set('password', { isSet, fromFile, wrongGuesses, waitUntilMs, isStopped });
  };
  password.load().then(
    (setAside) => {
      if (setAside !== null) addNotice(state, 'settings-corrupt', setAside);
    },
    (error: unknown) => log.error('cannot read the password', { reason: TarnetError.from(error).reason }),
  );
  const code =
    policy.secret === null ? new AccessCode({ opaque, clock, log, hostId: identity.hostId, onChange: onCode }) : null;
  const isOutsideHours = () => {
    const { unattendedSchedule } = settings.value;
    return unattendedSchedule !== null && !isWithinSchedule(unattendedSchedule, new Date(clock.nowMs()));
  };
  const unattended = (level: 'control' | 'view') => () =>
    unattendedPermissions(level, settings.value.permissionDefaults);
  return {
    gates: { code: code ?? NO_CODE, password },
    password,
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
      : sparePassword(
          undisturbed(desk, () => settings.value.doNotDisturb),
          () => isOutsideHours() || (settings.value.passwordAsksUser && isSomebodyThere()),
          unattended('control'),
        ),
  };
}

function isSomebodyThere(): boolean {
  const idle = powerMonitor.getSystemIdleState(AWAY_AFTER_S);
  return idle === 'active' || idle === 'unknown';
}
