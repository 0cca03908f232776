// Owns the user's settings: their shape, defaults and bounds.
import * as v from 'valibot';
import { DEFAULT_RELAY_PORT } from './host-address.ts';
import { NETWORK_LIMITS, parseNetwork } from './network.ts';
import { permissionDefaultsSchema } from './permissions.ts';
import { DEFAULT_PICTURE_PREFERENCES, PICTURE_MODES } from './picture-budget.ts';
import { PLAIN_HOST_LIMITS } from './plain-host.ts';
import { parseRelayUrl, RELAY_ADDRESS_LIMITS } from './relay-address.ts';
import { scheduleSchema } from './schedule.ts';

export const LANGUAGES = ['system', 'en', 'pt-BR'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;
/** Choices of seconds: at the end of the last one no viewer may come back any more. */
export const LOCK_AFTER_LOSS_S = [10, 60, 300, 600] as const;
export const SETTINGS_LIMITS = { maxRelays: 8 } as const;

const fallback = <const S extends v.GenericSchema>(schema: S, value: v.InferOutput<S>) =>
  v.optional(schema, value as never);

const relayUrl = v.pipe(
  v.string(),
  v.maxLength(RELAY_ADDRESS_LIMITS.maxLength),
  v.check((url) => isRelayUrl(url), 'wss://HOST[:PORT]/'),
);

export const settingsSchema = v.object({
  language: fallback(v.picklist(LANGUAGES), 'system'),
  theme: fallback(v.picklist(THEMES), 'system'),
  /** Port of the embedded relay. */
  relayPort: fallback(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), DEFAULT_RELAY_PORT),
  /** Relays in other networks, by which hosts are reached by their IDs; the first one that has a host is taken. */
  relays: fallback(
    v.pipe(
      v.array(
        v.strictObject({
          url: relayUrl,
          token: v.pipe(v.string(), v.maxLength(RELAY_ADDRESS_LIMITS.maxTokenLength), v.regex(/^[\x21-\x7e]*$/)),
        }),
      ),
      v.maxLength(SETTINGS_LIMITS.maxRelays),
      v.check((relays) => new Set(relays.map(({ url }) => url)).size === relays.length, 'each relay once'),
    ),
    [],
  ),
  /** While it shares, this machine can be reached by its ID through those relays. */
  reachableById: fallback(v.boolean(), true),
  /**
   * The relay and the name that were last used for being reached without encryption. They switch nothing on: that is asked
   * for each time, and kept nowhere.
   */
  plainRelay: fallback(v.pipe(v.string(), v.maxLength(PLAIN_HOST_LIMITS.maxRelayLength)), ''),
  plainHostId: fallback(v.pipe(v.string(), v.maxLength(PLAIN_HOST_LIMITS.maxIdLength)), ''),
  /** Look for hosts on the LAN, and let this machine be found while it shares. */
  discovery: fallback(v.boolean(), true),
  /** Announce the machine's readable name on the LAN; null until first run has asked. */
  announceName: v.optional(v.nullable(v.boolean()), null),
  /** The name that others see; empty means the machine's own. */
  displayName: fallback(v.pipe(v.string(), v.maxLength(64)), ''),
  /** Electron accelerator that stops sharing. */
  stopSharingShortcut: fallback(v.pipe(v.string(), v.maxLength(64)), 'CommandOrControl+Alt+Shift+X'),
  /** The host's user moving the mouse or typing holds back the viewers' input for a moment. */
  localInputFirst: fallback(v.boolean(), true),
  /** The permanent password lets people in; without one this changes nothing. */
  unattendedAccess: fallback(v.boolean(), false),
  /** Who is at this computer is asked all the same when somebody comes with the password. */
  passwordAsksUser: fallback(v.boolean(), true),
  /** What a viewer may do besides seeing and controlling, before the host's user says otherwise. */
  permissionDefaults: v.optional(permissionDefaultsSchema, {}),
  /** Requests are turned away unasked. */
  doNotDisturb: fallback(v.boolean(), false),
  /** Where viewers may come from; empty for anywhere. Not for people who come through a relay: only it knows from where. */
  allowedNetworks: fallback(
    v.pipe(
      v.array(
        v.pipe(v.string(), v.maxLength(NETWORK_LIMITS.textLength), v.check(isNetwork, 'ADDRESS or NETWORK/BITS')),
      ),
      v.maxLength(NETWORK_LIMITS.networks),
    ),
    [],
  ),
  /** When somebody may come in without being allowed by whoever is here; null for always. */
  unattendedSchedule: v.optional(v.nullable(scheduleSchema), null),
  /** Locks the screen when the last viewer is gone, unless it was ended here. */
  lockOnEnd: fallback(v.boolean(), false),
  /** How long the last viewer may be lost before that happens, seconds. */
  lockAfterLossS: fallback(v.picklist(LOCK_AFTER_LOSS_S), 60),
  closeToTray: fallback(v.boolean(), true),
  /** What is wished of the picture of hosts for which nothing else was chosen. */
  pictureMode: fallback(v.picklist(PICTURE_MODES), DEFAULT_PICTURE_PREFERENCES.mode),
  pictureMaxFramesPerSecond: v.optional(v.nullable(v.picklist([30, 15, 5])), null),
  pictureGreyscale: fallback(v.boolean(), DEFAULT_PICTURE_PREFERENCES.greyscale),
});

function isNetwork(text: string): boolean {
  try {
    parseNetwork(text);
    return true;
  } catch {
    return false;
  }
}

function isRelayUrl(url: string): boolean {
  try {
    return parseRelayUrl(url) === url;
  } catch {
    return false;
  }
}

export type Settings = v.InferOutput<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = v.parse(settingsSchema, {});

/** A change of some settings, as the settings screen sends it. */
export const settingsPatchSchema = v.partial(settingsSchema);
export type SettingsPatch = Partial<Settings>;
