// Owns which part answers which channel of the IPC contract.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { AccessInput, InvokeHandlers, SendHandlers } from '../../shared/ipc/contract.ts';
import { formatHostPlace, parseHostPlace } from '../../shared/model/host-place.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import { checkPlainHostId, parsePlainRelay, showPlainRelay } from '../../shared/model/plain-host.ts';
import type { Connections } from '../app/connections.ts';
import { saveRecoveryCodes } from '../app/recovery-file.ts';
import { type ShellParts, shellHandlers } from '../app/shell-handlers.ts';
import type { IpcContext } from '../ipc/ipc-main.ts';
import { fingerprintOf } from '../pairing/identity.ts';
import { parseIdentityText } from '../pairing/identity-text.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import type { PairedDevices } from '../pairing/paired-devices.ts';
import { listPlainHosts } from '../session/plain/plain-hosts.ts';
import type { AccessProof } from '../session/viewer-target.ts';
import { openTextWebSocket } from '../transport/text-transport.ts';
import type { ActivityParts } from './activity-parts.ts';
import type { BackupParts } from './backup-parts.ts';
import type { HostParts } from './host-parts.ts';

/** The list of hosts, as its windows change it. */
export interface HostList {
  save(address: string, name: string): void | Promise<void>;
  forget(key: string): void | Promise<void>;
  rescan(): void;
  /** The key of the host that we are paired with there. Throws `not-paired`. */
  pairedAt(address: string): PublicIdentity;
  pair(address: string, name: string, identity: PublicIdentity): Promise<void>;
}

export interface HandlerParts {
  shell: ShellParts;
  host: HostParts;
  connections: Connections;
  hosts: HostList;
  activity: ActivityParts;
  clock: Clock;
  backup: BackupParts;
  /** Asks the user for a file; null when they changed their mind. */
  askWhereToSave(proposedName: string, extension: string): Promise<string | null>;
  /** Port of the relay where the window does not name one. */
  relayPort(): number;
}

export function invokeHandlers(parts: HandlerParts): InvokeHandlers<IpcContext> {
  const { shell, host, connections, hosts, activity, backup } = parts;
  return {
    ...shellHandlers(shell),
    'share.start': ({ port }) => host.sharing.start(port ?? parts.relayPort()),
    'share.stop': () => host.sharing.stop(),
    'share.sources': () => host.listSources(),
    'share.select-source': ({ sourceId }) => host.sharing.selectSource(sourceId),
    'share.renew-code': () => host.sharing.renewCode(),
    'share.disconnect-viewer': ({ viewerId }) => host.sharing.disconnectViewer(viewerId),
    'share.set-permissions': ({ viewerId, permissions }) => host.sharing.setPermissions(viewerId, permissions),
    'plain-share.start': ({ relay, hostId }) => host.plain.sharing.start(relay, hostId),
    'plain-share.stop': () => host.plain.sharing.stop(),
    'plain-share.set-control': ({ control }) => host.plain.host.setControl(control),
    'plain-share.send-away': () => host.plain.host.sendAway(),
    'consent.answer': ({ requestId, decision, extra }) => host.consent.answer(requestId, decision, extra),
    'backup.export': ({ password }) => backup.export(password),
    'backup.open': ({ password }) => backup.open(password),
    'backup.take-over': () => backup.takeOver(),
    'activity.search': (query) => activity.search(query),
    'activity.verify': () => activity.verify(),
    'activity.export': ({ format, ...query }) => activity.export(format, query),
    'pairing.offer': ({ viewerId }) => host.sharing.offerPairing(viewerId),
    'devices.add': async ({ name, identityText }) => {
      const identity = parseIdentityText(nodePrimitives, identityText);
      await host.devices.add(name, identity);
      return [...fingerprintOf(identity)];
    },
    'devices.change': ({ id, ...change }) => host.devices.change(id, definedOf(change)),
    'devices.revoke': ({ id }) => host.devices.revoke(id),
    'password.set': ({ password }) => host.password.set(password),
    'password.remove': () => host.password.remove(),
    'password.confirm-guesses': () => host.password.confirmGuesses(),
    'second-factor.propose': () => {
      assertUnwatched(shell);
      return host.secondFactor.propose(shell.snapshot(null).state.info.displayName);
    },
    'second-factor.cancel': () => host.secondFactor.cancel(),
    'second-factor.confirm': ({ code }) => {
      assertUnwatched(shell);
      return host.secondFactor.confirm(code);
    },
    'second-factor.renew-codes': () => {
      assertUnwatched(shell);
      return host.secondFactor.renewRecoveryCodes();
    },
    'second-factor.save-codes': ({ codes }) => saveRecoveryCodes(codes, parts.askWhereToSave),
    'second-factor.switch-off': () => {
      assertUnwatched(shell);
      return host.secondFactor.switchOff();
    },
    'hosts.save': ({ address, name }) => hosts.save(address, name),
    'hosts.forget': ({ key }) => hosts.forget(key),
    'hosts.pair': async ({ address, name, identityText }) => {
      const identity = parseIdentityText(nodePrimitives, identityText);
      await hosts.pair(formatHostPlace(parseHostPlace(address)), name, identity);
      return [...fingerprintOf(identity)];
    },
    'hosts.rescan': () => hosts.rescan(),
    'connection.open': ({ address, name, proof, viewOnly }) => ({
      connectionId: connections.open({
        place: parseHostPlace(address),
        name: name ?? null,
        proof: credentialOf(proof, hosts, address),
        viewOnly,
        unseen: false,
        bare: false,
        fullscreen: false,
        statisticsFile: null,
      }),
    }),
    'connection.list-plain': ({ relay }) => listPlainHosts(parsePlainRelay(relay), openTextWebSocket, parts.clock),
    'connection.open-plain': ({ relay, hostId, viewOnly }) => {
      checkPlainHostId(hostId);
      const url = parsePlainRelay(relay);
      return { connectionId: connections.openPlain({ url, relay: showPlainRelay(relay), hostId, viewOnly }) };
    },
    'connection.retry': ({ connectionId, proof }) =>
      connections.retry(
        connectionId,
        proof === undefined ? null : credentialOf(proof, hosts, connections.addressOf(connectionId)),
      ),
    'connection.answer-factor': ({ connectionId, code }) => connections.answerFactor(connectionId, code),
    'connection.close': ({ connectionId }) => connections.close(connectionId),
    'connection.dismiss': ({ connectionId }) => connections.dismiss(connectionId),
    'session.set-view-only': ({ viewOnly }, context) => connections.setViewOnly(ownConnection(context), viewOnly),
    'session.set-picture-preferences': (preferences, context) =>
      connections.setPicturePreferences(ownConnection(context), preferences),
    'session.pair': ({ wanted }, context) => connections.requestPairing(ownConnection(context), wanted),
    'session.select-source': ({ sourceId }, context) => connections.selectSource(ownConnection(context), sourceId),
  };
}

export function sendHandlers({ connections }: Pick<HandlerParts, 'connections'>): SendHandlers<IpcContext> {
  return {
    'session.ready': (_payload, context) => connections.windowReady(ownConnection(context)),
    'session.input': ({ events, atMs }, context) => connections.sendInput(ownConnection(context), events, atMs),
    'session.measure': ({ on }, context) => connections.setMeasuring(ownConnection(context), on),
    'session.statistics': (statistics, context) => connections.keepStatistics(ownConnection(context), statistics),
    'session.paint-report': (report, context) => connections.reportPaint(ownConnection(context), report),
    'session.picture-trouble': (trouble, context) => connections.reportTrouble(ownConnection(context), trouble),
  };
}

/** A session window speaks of the connection it was opened for, and of no other. */
function ownConnection({ connectionId }: IpcContext): string {
  if (connectionId === null) throw new TarnetError('unauthorised', 'this window shows no connection');
  return connectionId;
}

/** What is shown once is for whoever sits here, and so is switching it off: not for somebody who came in without it. */
function assertUnwatched(shell: ShellParts): void {
  if (shell.snapshot(null).state.share.viewers.some(({ connected }) => connected))
    throw new TarnetError('being-watched', 'a viewer is connected');
}

/** What was typed: a code however its digits are grouped, a password as it stands. */
function credentialOf(input: AccessInput, hosts: HostList, address: string): AccessProof {
  if (input.kind === 'paired') return { kind: 'paired', host: hosts.pairedAt(address) };
  const { kind, secret } = input;
  return { kind, secret: kind === 'code' ? secret.replace(/[\s.\-\u2013]/g, '') : secret };
}

interface DeviceChange {
  name?: string | undefined;
  expiresAtMs?: number | null | undefined;
  asksUser?: boolean | undefined;
  permissions?: Permissions | null | undefined;
}

/** A field that is there but undefined would overwrite what is kept. */
function definedOf({ name, expiresAtMs, asksUser, permissions }: DeviceChange): Parameters<PairedDevices['change']>[1] {
  return {
    ...(name === undefined ? {} : { name }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(asksUser === undefined ? {} : { asksUser }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}
