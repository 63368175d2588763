import { describe, expect, it } from 'vitest';
import { readDate, readEnd } from '../../src/connectors/csv-values.ts';

const iso = (at: Date | undefined) => at?.toISOString().replace('.000Z', 'Z');

describe('a date in a file', () => {
  it.each([
    ['2027-06-30', 'America/Los_Angeles', '2027-06-30T07:00:00Z'],
    ['2027-06-30 17:00', 'Europe/Paris', '2027-06-30T15:00:00Z'],
    ['2027-06-30T17:00:30.250', 'Asia/Kathmandu', '2027-06-30T11:15:30.250Z'],
    ['2027-06-30T17:00:00Z', 'Europe/Paris', '2027-06-30T17:00:00Z'],
    ['2027-06-30T17:00:00+0200', 'America/Los_Angeles', '2027-06-30T15:00:00Z'],
    // Clocks go forward at 2:00, and back at 3:00.
    ['2026-03-29 02:30', 'Europe/Paris', '2026-03-29T01:30:00Z'],
    ['2026-10-25 02:30', 'Europe/Paris', '2026-10-25T00:30:00Z'],
  ])('%s is local to %s unless it has an offset: %s', (text, zone, moment) => {
    expect(iso(readDate(text, zone))).toBe(moment);
  });

  it.each([
    ['2027-06-30', 'America/Los_Angeles', '2027-07-01T06:59:59Z'],
    ['2027-06-30', 'Pacific/Kiritimati', '2027-06-30T09:59:59Z'],
    ['2027-06-30 00:00', 'Europe/Paris', '2027-06-30T21:59:59Z'],
    ['2027-06-30T00:00:00.000', 'Asia/Kathmandu', '2027-06-30T18:14:59Z'],
    ['2027-06-30T00:00:00Z', 'Europe/Paris', '2027-06-30T23:59:59Z'],
    ['2027-06-30T00:00:00-07:00', 'Europe/Paris', '2027-07-01T06:59:59Z'],
    ['2026-10-25', 'Europe/Paris', '2026-10-25T22:59:59Z'],
    ['2026-12-31', 'America/New_York', '2027-01-01T04:59:59Z'],
    ['2028-02-29', 'America/New_York', '2028-03-01T04:59:59Z'],
    ['2027-06-30 17:00', 'Europe/Paris', '2027-06-30T15:00:00Z'],
    ['2027-06-30 24:00', 'Europe/Paris', '2027-06-30T22:00:00Z'],
    ['2027-06-30 23:59', 'Europe/Paris', '2027-06-30T21:59:00Z'],
  ])('the end %s in %s is %s: a day or a midnight lasts through the day', (text, zone, moment) => {
    expect(iso(readEnd(text, zone))).toBe(moment);
  });

  it.each([
    '2027-02-29',
    '2027-06-30 25:00',
    '2027-06-30 17:60',
    '2027-06-30T10:00+99:99',
    'Never',
  ])('%s is no date', (text) => {
    expect(readDate(text, 'Europe/Paris')).toBeUndefined();
    expect(readEnd(text, 'Europe/Paris')).toBeUndefined();
  });
});
