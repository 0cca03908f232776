// Owns the hours of unattended access: the days, and from when to when.
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { clockText, minuteOfClock, OFFICE_HOURS, type Schedule } from '../../../shared/model/schedule.ts';
import { useAct } from '../../feedback/use-act.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useActions, useApp } from '../../store/use-app.ts';
import { Toggle } from './setting-rows.tsx';

const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

export function Hours() {
  const { t } = useTranslation();
  const schedule = useApp((app) => app.settings.unattendedSchedule);
  const actions = useActions();
  const act = useAct();
  const change = (unattendedSchedule: Schedule | null) => void act(actions.updateSettings({ unattendedSchedule }));
  return (
    <>
      <Toggle
        name={t('incoming.hours')}
        help={t('incoming.hours-help')}
        checked={schedule !== null}
        onChange={(on) => change(on ? OFFICE_HOURS : null)}
      />
      {schedule && <HoursFields schedule={schedule} onChange={change} />}
    </>
  );
}

function HoursFields({ schedule, onChange }: { schedule: Schedule; onChange: (schedule: Schedule) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const { days, fromMinute, toMinute } = schedule;
  const time = (name: 'from' | 'to', minute: number, take: (minute: number) => Schedule) => (
    <label className="hours-time" htmlFor={`${id}-${name}`}>
      {t(`incoming.${name}`)}
      <input
        id={`${id}-${name}`}
        className="hours-input number"
        type="time"
        required
        value={clockText(minute)}
        onChange={({ currentTarget }) => {
          const chosen = minuteOfClock(currentTarget.value);
          if (chosen !== null) onChange(take(chosen));
        }}
      />
    </label>
  );
  return (
    <div className="setting hours">
      <fieldset className="hours-days" aria-label={t('incoming.days')}>
        {WEEK.map((day) => (
          <button
            key={day}
            type="button"
            className="hours-day"
            aria-pressed={days.includes(day)}
            aria-label={format.weekday(day, 'long')}
            onClick={() =>
              onChange({
                ...schedule,
                days: days.includes(day) ? days.filter((one) => one !== day) : [...days, day],
              })
            }
          >
            {format.weekday(day, 'short')}
          </button>
        ))}
      </fieldset>
      <div className="hours-times">
        {time('from', fromMinute, (minute) => ({ ...schedule, fromMinute: minute }))}
        {time('to', toMinute, (minute) => ({ ...schedule, toMinute: minute }))}
      </div>
    </div>
  );
}
