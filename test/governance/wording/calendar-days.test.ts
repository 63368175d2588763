import { describe, expect, it } from 'vitest';
import {
  addBusinessDays,
  endInDays,
  endOfDay,
  startOfDay,
  toIsoDay,
} from '../../../src/governance/wording/calendar-days.ts';
import {
  formatDate,
  formatEnd,
  formatStart,
  formatTime,
} from '../../../src/governance/wording/relative-time.ts';

const zones = [
  'Africa/Casablanca',
  'America/Havana',
  'America/Los_Angeles',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Athens',
  'Europe/Paris',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];
const hours = (from: Date, to: Date) => (to.getTime() + 1000 - from.getTime()) / 3_600_000;

describe('a day in a time zone', () => {
  it.each([
    ['America/Los_Angeles', '2027-06-30', '2027-06-30T07:00:00Z', '2027-07-01T06:59:59Z'],
    ['Pacific/Kiritimati', '2027-01-01', '2026-12-31T10:00:00Z', '2027-01-01T09:59:59Z'],
    ['Asia/Kathmandu', '2028-02-29', '2028-02-28T18:15:00Z', '2028-02-29T18:14:59Z'],
    ['Europe/Paris', '2026-12-31', '2026-12-30T23:00:00Z', '2026-12-31T22:59:59Z'],
    ['UTC', '2027-06-30', '2027-06-30T00:00:00Z', '2027-06-30T23:59:59Z'],
  ])('in %s, %s goes from %s to %s', (zone, day, start, end) => {
    expect(startOfDay(day, zone)).toEqual(new Date(start));
    expect(endOfDay(day, zone)).toEqual(new Date(end));
    expect(toIsoDay(new Date(start), zone)).toBe(day);
    expect(toIsoDay(new Date(end), zone)).toBe(day);
  });

  it.each([
    ['Europe/Paris', '2026-03-29', 23],
    ['Europe/Paris', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    // Clocks change at midnight: the day begins at one, or ends after a second hour from eleven.
    ['America/Santiago', '2026-09-06', 23],
    ['America/Santiago', '2026-04-04', 25],
    ['America/Havana', '2026-11-01', 25],
  ])('in %s, %s has %i hours', (zone, day, length) => {
    expect(hours(startOfDay(day, zone), endOfDay(day, zone))).toBe(length);
  });

  it('days follow each other without a gap in zones of every kind, for a year with a leap day', () => {
    const days = Array.from({ length: 367 }, (_, at) =>
      toIsoDay(new Date(Date.UTC(2027, 11, 31 + at)), 'UTC'),
    );
    for (const zone of zones) {
      for (let at = 1; at < days.length; at++) {
        const gap = startOfDay(days[at]!, zone).getTime() - endOfDay(days[at - 1]!, zone).getTime();
        if (gap !== 1000) expect([zone, days[at], gap]).toEqual([zone, days[at], 1000]);
      }
    }
  });

  it.each(['2027-02-29', '2027-13-01', '30/06/2027', '2027-6-1', ''])('%j is no day', (day) => {
    expect(() => startOfDay(day, 'Europe/Paris')).toThrow(
      'is not a date. Write it like 2027-01-10.',
    );
  });

  it('an end in days counts the days of the zone, over a clock change and a leap day', () => {
    const evening = new Date('2026-10-20T05:30:00Z');
    expect(endInDays(7, evening, 'America/Los_Angeles')).toEqual(
      endOfDay('2026-10-26', 'America/Los_Angeles'),
    );
    expect(endInDays(7, evening, 'Europe/Paris')).toEqual(new Date('2026-10-27T22:59:59Z'));
    expect(endInDays(0, evening, 'Pacific/Kiritimati')).toEqual(
      endOfDay('2026-10-20', 'Pacific/Kiritimati'),
    );
    expect(endInDays(1, new Date('2028-02-28T12:00:00Z'), 'UTC')).toEqual(
      endOfDay('2028-02-29', 'UTC'),
    );
  });

  it('business days are Monday to Friday of the zone, at the same time of day', () => {
    const at = (iso: string) => new Date(`2026-${iso}:00Z`);
    expect(addBusinessDays(at('11-18T09:00'), 3, 'UTC')).toEqual(at('11-23T09:00'));
    expect(addBusinessDays(at('11-20T12:00'), 3, 'UTC')).toEqual(at('11-25T12:00'));
    // Friday in Los Angeles is Saturday on Kiritimati; Paris sets its clocks back on Sunday.
    expect(addBusinessDays(at('10-24T01:00'), 1, 'America/Los_Angeles')).toEqual(at('10-27T01:00'));
    expect(addBusinessDays(at('10-24T01:00'), 1, 'Pacific/Kiritimati')).toEqual(at('10-26T01:00'));
    expect(addBusinessDays(at('10-23T07:00'), 1, 'Europe/Paris')).toEqual(at('10-26T08:00'));
  });
});

describe('dates and times as a reader sees them', () => {
  const moment = new Date('2025-12-27T13:05:30Z');

  it.each([
    ['Europe/Paris', '27 Dec 2025, 14:05'],
    ['America/Los_Angeles', '27 Dec 2025, 05:05'],
    ['Pacific/Kiritimati', '28 Dec 2025, 03:05'],
    ['Asia/Kathmandu', '27 Dec 2025, 18:50'],
  ])('the same moment is %s time', (zone, words) => {
    expect(formatTime(moment, zone)).toBe(words);
    expect(formatEnd(moment, zone)).toBe(words);
    expect(formatDate(moment, zone)).toBe(words.split(',')[0]);
  });

  it("the end and the start of a reader's day need no time, those of other days do", () => {
    const end = endOfDay('2027-06-30', 'America/Los_Angeles');
    expect(formatEnd(end, 'America/Los_Angeles')).toBe('30 Jun 2027');
    expect(formatEnd(end, 'Europe/Paris')).toBe('1 Jul 2027, 08:59');
    const start = startOfDay('2027-06-30', 'Asia/Kathmandu');
    expect(formatStart(start, 'Asia/Kathmandu')).toBe('30 Jun 2027');
    expect(formatStart(start, 'UTC')).toBe('29 Jun 2027, 18:15');
    expect(formatEnd(start, 'Asia/Kathmandu')).toBe('30 Jun 2027, 00:00');
  });
});
