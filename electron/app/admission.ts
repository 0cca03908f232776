// Owns whether the host's user is asked about somebody who has proved who they are, and what they may do if not. Pure.
import { type PermissionDefaults, type Permissions, unattendedPermissions } from '../../shared/model/permissions.ts';
import { isWithinSchedule, type Schedule } from '../../shared/model/schedule.ts';
import type { Applicant } from './consent-desk.ts';

export interface AdmissionRules {
  passwordAsksUser: boolean;
  /** Of the device that comes by its key. */
  deviceAsksUser: boolean;
  /** When somebody may come in without being asked about; null for always. */
  unattendedSchedule: Schedule | null;
}

/** The moment at which somebody comes. */
export interface AdmissionMoment {
  /** Milliseconds since the Unix epoch; the hours are this machine's local time. */
  nowMs: number;
  isSomebodyThere(): boolean;
}

/** With the code, or with no proof at all, always; with the password or by key outside of the hours, and while somebody is there who wants it. */
export function isUserAsked(
  how: Applicant['how'],
  rules: AdmissionRules,
  { nowMs, isSomebodyThere }: AdmissionMoment,
): boolean {
  if (how === 'code' || how === 'none') return true;
  const { unattendedSchedule, passwordAsksUser, deviceAsksUser } = rules;
  if (unattendedSchedule !== null && !isWithinSchedule(unattendedSchedule, new Date(nowMs))) return true;
  return (how === 'password' ? passwordAsksUser : deviceAsksUser) && isSomebodyThere();
}

/** What is set for the device, else what the settings always allow; without control where only looking is wanted. */
export function unaskedPermissions(
  level: 'control' | 'view',
  { permissions }: Pick<Applicant, 'permissions'>,
  defaults: PermissionDefaults,
): Permissions {
  if (!permissions) return unattendedPermissions(level, defaults);
  return new Set(permissions.filter((permission) => level === 'control' || permission !== 'control'));
}
