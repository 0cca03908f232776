// Owns what a window can ask of the main process, each with what it is expected to lead to.
import type { AccessInput, Bridge, PayloadIn } from '../../shared/ipc/contract.ts';
import type { BackupPreview, FactorProposal, ViewerSummary } from '../../shared/ipc/state.ts';
import type { ActivityPage, ActivityQuery, ActivityVerification } from '../../shared/model/activity.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { ConsentDecision, ExtraPermission, Permission } from '../../shared/model/permissions.ts';
import type { PicturePreferences } from '../../shared/model/picture-budget.ts';
import type { PlainHost } from '../../shared/model/plain-host.ts';
import type { SettingsPatch } from '../../shared/model/settings.ts';
import type { AppStore } from './app-store.ts';
import {
  consentAnswered,
  noticeDismissed,
  permissionsAfter,
  sessionPicture,
  sessionSource,
  sessionViewOnly,
  settingsChanged,
  shareStarting,
  shareStopping,
  viewerPermission,
} from './predicted.ts';
import type { Prediction } from './predictions.ts';

/** Every method throws the TarnetError that main answered with. */
export class Actions {
  readonly #bridge: Bridge;
  readonly #store: AppStore;

  constructor(bridge: Bridge, store: AppStore) {
    this.#bridge = bridge;
    this.#store = store;
  }

  /** @param port in place of the one in the settings, when that is taken */
  startSharing(port?: number): Promise<void> {
    return this.#expecting(shareStarting(), this.#bridge.invoke('share.start', port === undefined ? {} : { port }));
  }

  stopSharing(): Promise<void> {
    return this.#expecting(shareStopping(), this.#bridge.invoke('share.stop'));
  }

  /** What can be shared, with thumbnails: takes a moment. */
  sources(): Promise<CaptureSource[]> {
    return this.#bridge.invoke('share.sources');
  }

  selectSource(sourceId: string): Promise<void> {
    return this.#bridge.invoke('share.select-source', { sourceId });
  }

  renewCode(): Promise<void> {
    return this.#bridge.invoke('share.renew-code');
  }

  disconnectViewer(viewerId: string): Promise<void> {
    return this.#bridge.invoke('share.disconnect-viewer', { viewerId });
  }

  setViewerPermission(viewer: ViewerSummary, permission: Permission, allowed: boolean): Promise<void> {
    const permissions = permissionsAfter(viewer, permission, allowed);
    const sent = this.#bridge.invoke('share.set-permissions', { viewerId: viewer.id, permissions });
    return this.#expecting(viewerPermission(viewer.id, permission, allowed), sent);
  }

  /** Its user has agreed to give up the encryption. */
  startPlainShare(relay: string, hostId: string): Promise<void> {
    return this.#bridge.invoke('plain-share.start', { relay, hostId, unencrypted: true });
  }

  stopPlainShare(): Promise<void> {
    return this.#bridge.invoke('plain-share.stop');
  }

  setPlainControl(control: boolean): Promise<void> {
    return this.#bridge.invoke('plain-share.set-control', { control });
  }

  sendPlainAway(): Promise<void> {
    return this.#bridge.invoke('plain-share.send-away');
  }

  /** @param extra what is allowed besides; nothing with a no */
  answerConsent(requestId: string, decision: ConsentDecision, extra: readonly ExtraPermission[] = []): Promise<void> {
    const sent = this.#bridge.invoke('consent.answer', { requestId, decision, extra: [...extra] });
    return this.#expecting(consentAnswered(requestId), sent);
  }

  /** Asks where to; null when the user changed their mind. */
  async exportBackup(password: string): Promise<string | null> {
    return (await this.#bridge.invoke('backup.export', { password })).file;
  }

  /** Asks for a file and opens it; null when the user changed their mind. */
  openBackup(password: string): Promise<BackupPreview | null> {
    return this.#bridge.invoke('backup.open', { password });
  }

  /** The app starts again, as the one in the file. */
  takeOverBackup(): Promise<void> {
    return this.#bridge.invoke('backup.take-over');
  }

  searchActivity(query: ActivityQuery): Promise<ActivityPage> {
    return this.#bridge.invoke('activity.search', query);
  }

  /** Reads the whole log and checks its chain. */
  verifyActivity(): Promise<ActivityVerification> {
    return this.#bridge.invoke('activity.verify');
  }

  /** Asks where to; null when the user changed their mind. */
  async exportActivity(wish: PayloadIn<'activity.export'>): Promise<string | null> {
    return (await this.#bridge.invoke('activity.export', wish)).file;
  }

  /** Sets or changes the permanent password. */
  setPassword(password: string): Promise<void> {
    return this.#bridge.invoke('password.set', { password });
  }

  removePassword(): Promise<void> {
    return this.#bridge.invoke('password.remove');
  }

  /** Lets guessing begin anew. */
  confirmGuesses(): Promise<void> {
    return this.#bridge.invoke('password.confirm-guesses');
  }

  /** A new secret for an authenticator app. */
  proposeFactor(): Promise<FactorProposal> {
    return this.#bridge.invoke('second-factor.propose');
  }

  /** Returns the recovery codes, which are never shown again. */
  confirmFactor(code: string): Promise<string[]> {
    return this.#bridge.invoke('second-factor.confirm', { code });
  }

  cancelFactor(): Promise<void> {
    return this.#bridge.invoke('second-factor.cancel');
  }

  renewRecoveryCodes(): Promise<string[]> {
    return this.#bridge.invoke('second-factor.renew-codes');
  }

  /** Asks where to; null when the user changed their mind. */
  async saveRecoveryCodes(codes: readonly string[]): Promise<string | null> {
    return (await this.#bridge.invoke('second-factor.save-codes', { codes: [...codes] })).file;
  }

  switchFactorOff(): Promise<void> {
    return this.#bridge.invoke('second-factor.switch-off');
  }

  /** Proposes to a viewer's user to pair their device. */
  offerPairing(viewerId: string): Promise<void> {
    return this.#bridge.invoke('pairing.offer', { viewerId });
  }

  /** Whether this window's user wants to pair with the host of the session. */
  requestPairing(wanted: boolean): Promise<void> {
    return this.#bridge.invoke('session.pair', { wanted });
  }

  /** Returns the fingerprint of the device that may come in now. */
  addDevice(name: string, identityText: string): Promise<string[]> {
    return this.#bridge.invoke('devices.add', { name, identityText });
  }

  changeDevice(change: PayloadIn<'devices.change'>): Promise<void> {
    return this.#bridge.invoke('devices.change', change);
  }

  revokeDevice(id: string): Promise<void> {
    return this.#bridge.invoke('devices.revoke', { id });
  }

  /** Returns the fingerprint of the host that is expected there now. */
  pairHost(address: string, name: string, identityText: string): Promise<string[]> {
    return this.#bridge.invoke('hosts.pair', { address, name, identityText });
  }

  saveHost(address: string, name: string): Promise<void> {
    return this.#bridge.invoke('hosts.save', { address, name });
  }

  forgetHost(key: string): Promise<void> {
    return this.#bridge.invoke('hosts.forget', { key });
  }

  rescan(): Promise<void> {
    return this.#bridge.invoke('hosts.rescan');
  }

  /** Returns the id of the connection; how it goes is in the state. */
  async openConnection(target: PayloadIn<'connection.open'>): Promise<string> {
    return (await this.#bridge.invoke('connection.open', target)).connectionId;
  }

  /** Hosts of a relay that speaks protocol v1. */
  listPlainHosts(relay: string): Promise<PlainHost[]> {
    return this.#bridge.invoke('connection.list-plain', { relay });
  }

  /** To a host without encryption, to which the user has just agreed. */
  async openPlainConnection(target: PayloadIn<'connection.open-plain'>): Promise<string> {
    return (await this.#bridge.invoke('connection.open-plain', target)).connectionId;
  }

  /** @param proof where another one was asked for */
  retryConnection(connectionId: string, proof?: AccessInput): Promise<void> {
    return this.#bridge.invoke('connection.retry', { connectionId, ...(proof === undefined ? {} : { proof }) });
  }

  /** The code that the host asks for besides the password. */
  answerFactor(connectionId: string, code: string): Promise<void> {
    return this.#bridge.invoke('connection.answer-factor', { connectionId, code });
  }

  closeConnection(connectionId: string): Promise<void> {
    return this.#bridge.invoke('connection.close', { connectionId });
  }

  dismissConnection(connectionId: string): Promise<void> {
    return this.#bridge.invoke('connection.dismiss', { connectionId });
  }

  setViewOnly(connectionId: string, viewOnly: boolean): Promise<void> {
    const sent = this.#bridge.invoke('session.set-view-only', { viewOnly });
    return this.#expecting(sessionViewOnly(connectionId, viewOnly), sent);
  }

  selectRemoteSource(connectionId: string, sourceId: string): Promise<void> {
    const sent = this.#bridge.invoke('session.select-source', { sourceId });
    return this.#expecting(sessionSource(connectionId, sourceId), sent);
  }

  setPicturePreferences(connectionId: string, preferences: PicturePreferences): Promise<void> {
    const sent = this.#bridge.invoke('session.set-picture-preferences', preferences);
    return this.#expecting(sessionPicture(connectionId, preferences), sent);
  }

  setFullscreen(fullscreen: boolean): Promise<void> {
    return this.#bridge.invoke('session.set-fullscreen', { fullscreen });
  }

  updateSettings(patch: SettingsPatch): Promise<void> {
    return this.#expecting(settingsChanged(patch), this.#bridge.invoke('settings.update', patch));
  }

  dismissNotice(id: string): Promise<void> {
    return this.#expecting(noticeDismissed(id), this.#bridge.invoke('app.dismiss-notice', { id }));
  }

  /** The connect dialog has taken over what a link said. */
  dismissConnectPrompt(): Promise<void> {
    return this.#bridge.invoke('app.dismiss-connect-prompt');
  }

  copy(text: string): Promise<void> {
    return this.#bridge.invoke('app.copy', { text });
  }

  openLogFolder(): Promise<void> {
    return this.#bridge.invoke('app.open-log-folder');
  }

  async #expecting(expected: Omit<Prediction, 'expiresAtMs'>, sent: Promise<void>): Promise<void> {
    const takeBack = this.#store.predict(expected);
    try {
      await sent;
    } catch (error) {
      takeBack();
      throw error;
    }
  }
}
