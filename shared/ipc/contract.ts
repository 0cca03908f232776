// Owns the IPC contract: every channel between the windows and the main process, who may use it, and its parser.
import * as v from 'valibot';
import {
  ACTIVITY_GROUPS,
  ACTIVITY_LIMITS,
  type ActivityPage,
  type ActivityVerification,
  activityQuerySchema,
} from '../model/activity.ts';
import type { CaptureSource } from '../model/capture-source.ts';
import { PASSWORD_BOUNDS } from '../model/password.ts';
import { CONSENT_DECISIONS, EXTRA_PERMISSIONS, permissionsSchema } from '../model/permissions.ts';
import { picturePreferencesSchema } from '../model/picture-budget.ts';
import { PLAIN_HOST_LIMITS, type PlainHost } from '../model/plain-host.ts';
import { SECOND_FACTOR_BOUNDS } from '../model/second-factor.ts';
import { settingsPatchSchema } from '../model/settings.ts';
import { event, invoke, send } from './kit.ts';
import {
  type CursorDelivery,
  type InputInjected,
  inputDeliverySchema,
  type LinkStatistics,
  type MediaDelivery,
  type PlainPictureDelivery,
  paintReportSchema,
  pictureTroubleSchema,
} from './media.ts';
import type { AppDelta, AppSnapshot, BackupPreview, FactorProposal } from './state.ts';
import { sessionStatisticsSchema } from './statistics.ts';

const nothing = v.undefined();
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const address = v.pipe(v.string(), v.minLength(1), v.maxLength(280));
const plainRelay = v.pipe(v.string(), v.minLength(1), v.maxLength(PLAIN_HOST_LIMITS.maxRelayLength));
const identityText = v.pipe(v.string(), v.maxLength(256));
const name = v.pipe(v.string(), v.maxLength(128));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
/** What one gets in with, as it was typed; main alone turns it into a proof. */
const accessInput = v.variant('kind', [
  v.strictObject({ kind: v.literal('code'), secret: v.pipe(v.string(), v.maxLength(32)) }),
  /** The key that was kept when the two were paired. */
  v.strictObject({ kind: v.literal('paired') }),
  v.strictObject({ kind: v.literal('password'), secret: v.pipe(v.string(), v.maxLength(PASSWORD_BOUNDS.maxLength)) }),
]);
export type AccessInput = v.InferOutput<typeof accessInput>;
const newPassword = v.pipe(v.string(), v.minLength(PASSWORD_BOUNDS.minLength), v.maxLength(PASSWORD_BOUNDS.maxLength));

const factorCode = v.pipe(v.string(), v.minLength(1), v.maxLength(SECOND_FACTOR_BOUNDS.maxTypedLength));

const all = ['home', 'session', 'consent', 'sign'] as const;

export const CONTRACT = {
  'app.snapshot': invoke<AppSnapshot>()(all, nothing),
  'app.delta': event<AppDelta>(all),
  'app.dismiss-notice': invoke<void>()(['home'], v.strictObject({ id })),
  /** The connect dialog has taken over what the link said. */
  'app.dismiss-connect-prompt': invoke<void>()(['home'], nothing),
  'app.copy': invoke<void>()(['home', 'session'], v.strictObject({ text: v.pipe(v.string(), v.maxLength(16 * 1024)) })),
  'app.open-log-folder': invoke<void>()(['home'], nothing),
  'app.quit': invoke<void>()(['home'], nothing),
  'settings.update': invoke<void>()(['home'], settingsPatchSchema),

  'share.start': invoke<void>()(['home'], v.strictObject({ port: v.optional(port) })),
  'share.stop': invoke<void>()(['home', 'sign'], nothing),
  'share.sources': invoke<CaptureSource[]>()(['home'], nothing),
  'share.select-source': invoke<void>()(['home'], v.strictObject({ sourceId: id })),
  'share.renew-code': invoke<void>()(['home'], nothing),
  'share.disconnect-viewer': invoke<void>()(['home', 'sign'], v.strictObject({ viewerId: id })),
  'share.set-permissions': invoke<void>()(
    ['home', 'sign'],
    v.strictObject({ viewerId: id, permissions: permissionsSchema }),
  ),
  /** Lets viewers of protocol v1 reach this computer while it shares. `unencrypted` is its user's consent, each time. */
  'plain-share.start': invoke<void>()(
    ['home'],
    v.strictObject({ relay: plainRelay, hostId: id, unencrypted: v.literal(true) }),
  ),
  'plain-share.stop': invoke<void>()(['home'], nothing),
  'plain-share.set-control': invoke<void>()(['home', 'sign'], v.strictObject({ control: v.boolean() })),
  /** Whoever watches without encryption has to go. */
  'plain-share.send-away': invoke<void>()(['home', 'sign'], nothing),
  'consent.answer': invoke<void>()(
    ['home', 'consent'],
    v.strictObject({
      requestId: id,
      decision: v.picklist(CONSENT_DECISIONS),
      extra: v.pipe(v.array(v.picklist(EXTRA_PERMISSIONS)), v.maxLength(EXTRA_PERMISSIONS.length)),
    }),
  ),

  /** Sets or changes the permanent password; resolves when its record is kept. */
  'password.set': invoke<void>()(['home'], v.strictObject({ password: newPassword })),
  'password.remove': invoke<void>()(['home'], nothing),
  /** The host's user lets guessing begin anew. */
  'password.confirm-guesses': invoke<void>()(['home'], nothing),

  /** What an authenticator app is set up with. Asked for only once it has been confirmed. */
  'second-factor.propose': invoke<FactorProposal>()(['home'], nothing),
  'second-factor.cancel': invoke<void>()(['home'], nothing),
  /** A code shows that the app has the secret. Returns the recovery codes, which are never shown again. */
  'second-factor.confirm': invoke<string[]>()(['home'], v.strictObject({ code: factorCode })),
  'second-factor.renew-codes': invoke<string[]>()(['home'], nothing),
  /** Asks where to, and writes recovery codes that are on the screen; null when the user changed their mind. */
  'second-factor.save-codes': invoke<{ file: string | null }>()(
    ['home'],
    v.strictObject({
      codes: v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^[A-Z2-7-]{16,32}$/))),
        v.maxLength(SECOND_FACTOR_BOUNDS.recoveryCodes),
      ),
    }),
  ),
  'second-factor.switch-off': invoke<void>()(['home'], nothing),

  /** Proposes to a viewer's user to pair their device. */
  'pairing.offer': invoke<void>()(['home'], v.strictObject({ viewerId: id })),
  /** Lets a device in by its identity text. Returns its fingerprint. */
  'devices.add': invoke<string[]>()(['home'], v.strictObject({ name, identityText })),
  'devices.change': invoke<void>()(
    ['home'],
    v.strictObject({
      id,
      name: v.optional(name),
      expiresAtMs: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)))),
      asksUser: v.optional(v.boolean()),
      /** What it may do, now and whenever it comes; null: as the settings say. To see is always in it. */
      permissions: v.optional(v.nullable(permissionsSchema)),
    }),
  ),
  'devices.revoke': invoke<void>()(['home'], v.strictObject({ id })),

  'hosts.save': invoke<void>()(['home'], v.strictObject({ address, name })),
  'hosts.forget': invoke<void>()(['home'], v.strictObject({ key: id })),
  /** Expects the host with this identity at an address, and comes in there by key. Returns its fingerprint. */
  'hosts.pair': invoke<string[]>()(['home'], v.strictObject({ address, name, identityText })),
  'hosts.rescan': invoke<void>()(['home'], nothing),

  /** Asks where to, and writes identity and settings there under a password; null when the user changed their mind. */
  'backup.export': invoke<{ file: string | null }>()(['home'], v.strictObject({ password: newPassword })),
  /** Asks for such a file and opens it; null when the user changed their mind. */
  'backup.open': invoke<BackupPreview | null>()(
    ['home'],
    v.strictObject({ password: v.pipe(v.string(), v.maxLength(PASSWORD_BOUNDS.maxLength)) }),
  ),
  /** Replaces identity and settings by those of the opened file; the app starts again. */
  'backup.take-over': invoke<void>()(['home'], nothing),

  /** A page of the activity log, newest first. */
  'activity.search': invoke<ActivityPage>()(['home'], activityQuerySchema),
  'activity.verify': invoke<ActivityVerification>()(['home'], nothing),
  /** Asks where to, and writes what fits; null when the user changed their mind. */
  'activity.export': invoke<{ file: string | null }>()(
    ['home'],
    v.strictObject({
      format: v.picklist(['json', 'csv']),
      search: v.pipe(v.string(), v.maxLength(ACTIVITY_LIMITS.maxSearchLength)),
      group: v.picklist(ACTIVITY_GROUPS),
    }),
  ),
  'activity.written': event<{ seq: number }>(['home']),

  /** Starts a connection and returns its id; how it goes is in the `connections` slice. */
  'connection.open': invoke<{ connectionId: string }>()(
    ['home'],
    v.strictObject({
      address,
      name: v.optional(name),
      proof: accessInput,
      viewOnly: v.boolean(),
    }),
  ),
  /** Hosts of a relay that speaks protocol v1. */
  'connection.list-plain': invoke<PlainHost[]>()(['home'], v.strictObject({ relay: plainRelay })),
  /** Goes to a host of protocol v1. `unencrypted` is its user's consent, which is asked for each time. */
  'connection.open-plain': invoke<{ connectionId: string }>()(
    ['home'],
    v.strictObject({ relay: plainRelay, hostId: id, viewOnly: v.boolean(), unencrypted: v.literal(true) }),
  ),
  /** Another try with another code or password, on the same connection. */
  'connection.retry': invoke<void>()(
    ['home', 'session'],
    v.strictObject({ connectionId: id, proof: v.optional(accessInput) }),
  ),
  /** The second factor that the host asks for; after a wrong one another try with the same password. */
  'connection.answer-factor': invoke<void>()(
    ['home', 'session'],
    v.strictObject({ connectionId: id, code: factorCode }),
  ),
  'connection.close': invoke<void>()(['home', 'session'], v.strictObject({ connectionId: id })),
  /** Forgets an ended connection. */
  'connection.dismiss': invoke<void>()(['home', 'session'], v.strictObject({ connectionId: id })),

  // The session window speaks of its own connection only: main knows which one that is.
  'session.set-view-only': invoke<void>()(['session'], v.strictObject({ viewOnly: v.boolean() })),
  /** Whether its user wants to pair with the host. */
  'session.pair': invoke<void>()(['session'], v.strictObject({ wanted: v.boolean() })),
  'session.select-source': invoke<void>()(['session'], v.strictObject({ sourceId: id })),
  /** Also remembered for the host. */
  'session.set-picture-preferences': invoke<void>()(['session'], picturePreferencesSchema),
  'session.set-fullscreen': invoke<void>()(['session'], v.strictObject({ fullscreen: v.boolean() })),
  'session.fullscreen-changed': event<{ fullscreen: boolean }>(['session']),
  /** The page can paint: what has waited for it may come. Sent again after a reload. */
  'session.ready': send(['session'], nothing),
  'session.input': send(['session'], inputDeliverySchema),
  /** From now on the window wants to know how long everything takes, or no longer. */
  'session.measure': send(['session'], v.strictObject({ on: v.boolean() })),
  /** For a session whose statistics are kept in a file, about once a second. */
  'session.statistics': send(['session'], sessionStatisticsSchema),
  'session.input-injected': event<InputInjected>(['session']),
  'session.frame': event<MediaDelivery>(['session']),
  /** Pictures of an unencrypted session have a channel of their own: none can pass for the other. */
  'session.plain-picture': event<PlainPictureDelivery>(['session']),
  'session.cursor': event<CursorDelivery>(['session']),
  'session.link': event<LinkStatistics>(['session']),
  'session.paint-report': send(['session'], paintReportSchema),
  'session.picture-trouble': send(['session'], pictureTroubleSchema),
} as const;

export type Contract = typeof CONTRACT;
export type ChannelName = keyof Contract;

type Of<Kind extends string> = {
  [Name in ChannelName]: Contract[Name] extends { kind: Kind } ? Name : never;
}[ChannelName];
export type InvokeName = Of<'invoke'>;
export type SendName = Of<'send'>;
export type EventName = Of<'event'>;

type SchemaOf<Name extends InvokeName | SendName> = Contract[Name] extends { payload: infer S extends v.GenericSchema }
  ? S
  : never;

/** What the renderer passes. */
export type PayloadIn<Name extends InvokeName | SendName> = v.InferInput<SchemaOf<Name>>;
/** What the handler gets, after parsing. */
export type PayloadOut<Name extends InvokeName | SendName> = v.InferOutput<SchemaOf<Name>>;
export type ResultOf<Name extends InvokeName> = Contract[Name] extends { result?: infer R } ? R : never;
export type EventPayload<Name extends EventName> = Contract[Name] extends { payload?: infer P }
  ? Exclude<P, undefined>
  : never;

/** The renderer's typed view of window.tarnet. */
export interface Bridge {
  invoke<Name extends InvokeName>(name: Name, ...payload: PayloadArgs<Name>): Promise<ResultOf<Name>>;
  send<Name extends SendName>(name: Name, payload: PayloadIn<Name>): void;
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
}

type PayloadArgs<Name extends InvokeName> = undefined extends PayloadIn<Name> ? [] : [payload: PayloadIn<Name>];

/** What main has to provide: one handler a channel. `Context` is main's own (which window, which connection). */
export type InvokeHandlers<Context> = {
  [Name in InvokeName]: (payload: PayloadOut<Name>, context: Context) => ResultOf<Name> | Promise<ResultOf<Name>>;
};
export type SendHandlers<Context> = {
  [Name in SendName]: (payload: PayloadOut<Name>, context: Context) => void;
};
