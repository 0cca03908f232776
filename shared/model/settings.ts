// Owns the user's settings: their shape, defaults and bounds.
import * as v from 'valibot';
import { DEFAULT_RELAY_PORT } from './host-address.ts';

export const LANGUAGES = ['system', 'en', 'pt-BR'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;

const fallback = <const S extends v.GenericSchema>(schema: S, value: v.InferOutput<S>) =>
  v.optional(schema, value as never);

export const settingsSchema = v.object({
  language: fallback(v.picklist(LANGUAGES), 'system'),
  theme: fallback(v.picklist(THEMES), 'system'),
  /** Port of the embedded relay. */
  relayPort: fallback(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), DEFAULT_RELAY_PORT),
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
  closeToTray: fallback(v.boolean(), true),
});

export type Settings = v.InferOutput<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = v.parse(settingsSchema, {});

/** A change of some settings, as the settings screen sends it. */
export const settingsPatchSchema = v.partial(settingsSchema);
export type SettingsPatch = Partial<Settings>;
