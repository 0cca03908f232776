import { describe, expect, test } from 'vitest';
import type { Permission } from '../../shared/model/permissions.ts';
import { OFFICE_HOURS } from '../../shared/model/schedule.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { type AdmissionRules, isUserAsked, unaskedPermissions } from './admission.ts';

/** A Wednesday, local time. */
const at = (hour: number) => new Date(2026, 10, 18, hour).getTime();
const rules = (change: Partial<AdmissionRules> = {}): AdmissionRules => ({
  passwordAsksUser: false,
  deviceAsksUser: false,
  unattendedSchedule: null,
  ...change,
});
const moment = (hour: number, isThere = true) => ({ nowMs: at(hour), isSomebodyThere: () => isThere });

describe('the host’s user', () => {
  test.each(['code', 'none'] as const)('is asked about everybody who has proved %s, whatever is set', (how) => {
    expect(isUserAsked(how, rules(), moment(12, false))).toBe(true);
  });

  test.each(['password', 'paired'] as const)(
    'is asked about a %s outside of the hours, also when nobody is there',
    (how) => {
      const hours = rules({ unattendedSchedule: OFFICE_HOURS });
      for (const isThere of [true, false]) {
        expect(isUserAsked(how, hours, moment(8, isThere))).toBe(true);
        expect(isUserAsked(how, hours, moment(12, isThere))).toBe(false);
        expect(isUserAsked(how, hours, moment(17, isThere))).toBe(true);
      }
    },
  );

  test('is asked about the password or the device where they want to be, while they are there', () => {
    expect(isUserAsked('password', rules({ passwordAsksUser: true }), moment(12))).toBe(true);
    expect(isUserAsked('password', rules({ passwordAsksUser: true }), moment(12, false))).toBe(false);
    expect(isUserAsked('password', rules({ deviceAsksUser: true }), moment(12))).toBe(false);
    expect(isUserAsked('paired', rules({ deviceAsksUser: true }), moment(12))).toBe(true);
    expect(isUserAsked('paired', rules({ deviceAsksUser: true }), moment(12, false))).toBe(false);
    expect(isUserAsked('paired', rules({ passwordAsksUser: true }), moment(12))).toBe(false);
  });
});

describe('who comes in unasked', () => {
  const defaults = { ...DEFAULT_SETTINGS.permissionDefaults, 'files-in': 'allow' } as const;
  const may = (level: 'control' | 'view', permissions: Permission[] | null) => [
    ...unaskedPermissions(level, { permissions }, defaults),
  ];

  test('may do what the settings always allow, or what is set for the device instead', () => {
    expect(may('control', null)).toEqual(['view', 'control', 'files-in']);
    expect(may('control', ['view', 'recording'])).toEqual(['view', 'recording']);
    expect(may('control', ['view', 'control'])).toEqual(['view', 'control']);
  });

  test('only looks where the command line lets nobody do more', () => {
    expect(may('view', null)).toEqual(['view', 'files-in']);
    expect(may('view', ['view', 'control', 'files-out'])).toEqual(['view', 'files-out']);
  });
});
