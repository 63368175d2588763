import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createDueCheck, startPeriodicJobs } from '../../src/jobs/periodic-jobs.ts';
import { toWallClock } from '../../src/time-zones.ts';

const minuteMs = 60_000;

/** Looks every minute of a span, and returns the moments at which a job was due: "03-29T01:00". */
function listRuns(expression: string, zone: string, [from, to]: [string, string], step = 1) {
  const start = Date.parse(from);
  const isDue = createDueCheck(expression, zone, new Date(start));
  const runs: string[] = [];
  for (let at = start + step * minuteMs; at <= Date.parse(to); at += step * minuteMs) {
    const now = new Date(at);
    if (isDue(now)) runs.push(now.toISOString().slice(5, 16));
  }
  return runs;
}

const dayMs = 24 * 60 * minuteMs;
const offsetAt = (at: number, zone: string) => toWallClock(new Date(at), zone).getTime() - at;

/** The noons of 2026 (UTC) after which the clocks of a zone change within a day. */
function listChanges(zone: string): number[] {
  const noons = Array.from({ length: 365 }, (_, at) => Date.UTC(2026, 0, 1 + at, 12));
  return noons.filter((noon) => offsetAt(noon, zone) !== offsetAt(noon + dayMs, zone));
}

function countHalfPastFours(zone: string, noon: number): number {
  const from = noon - dayMs / 2 - offsetAt(noon - dayMs / 2, zone);
  const to = noon + 1.5 * dayMs - offsetAt(noon + 1.5 * dayMs, zone);
  const steps = Array.from(
    { length: (to - from) / (15 * minuteMs) },
    (_, at) => from + at * 15 * minuteMs,
  );
  return steps.filter((at) => toWallClock(new Date(at), zone).toISOString().includes('T04:30'))
    .length;
}

describe('the schedule of jobs', () => {
  const spring: [string, string] = ['2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z'];
  const autumn: [string, string] = ['2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z'];
  const springNewYork: [string, string] = ['2026-03-07T15:00:00Z', '2026-03-09T15:00:00Z'];
  const autumnNewYork: [string, string] = ['2026-10-31T15:00:00Z', '2026-11-02T15:00:00Z'];

  it.each([
    ['30 2 * * *', 'Europe/Paris', spring, ['03-29T01:00', '03-30T00:30']],
    ['0 2 * * *', 'Europe/Paris', spring, ['03-29T01:00', '03-30T00:00']],
    ['0 3 * * *', 'Europe/Paris', spring, ['03-29T01:00', '03-30T01:00']],
    ['30 2 * * *', 'Europe/Paris', autumn, ['10-25T00:30', '10-26T01:30']],
    ['30 4 * * *', 'Europe/Paris', autumn, ['10-25T03:30', '10-26T03:30']],
    ['30 2 * * *', 'America/New_York', springNewYork, ['03-08T07:00', '03-09T06:30']],
    ['30 1 * * *', 'America/New_York', autumnNewYork, ['11-01T05:30', '11-02T06:30']],
    ['0 30 1 * * *', 'America/New_York', autumnNewYork, ['11-01T05:30', '11-02T06:30']],
    [
      '15 4 29 2 *',
      'Asia/Kathmandu',
      ['2028-02-27T00:00:00Z', '2028-03-02T00:00:00Z'],
      ['02-28T22:30'],
    ],
    [
      '0 0 1 1 *',
      'Pacific/Kiritimati',
      ['2026-12-30T00:00:00Z', '2027-01-02T00:00:00Z'],
      ['12-31T10:00'],
    ],
  ] as const)(
    '%s in %s runs once a night, whatever clocks do (%j)',
    (expression, zone, span, runs) => {
      expect(listRuns(expression, zone, [...span])).toEqual(runs);
    },
  );

  it.each([
    ['Europe/Paris', spring],
    ['Europe/Paris', autumn],
    ['America/New_York', springNewYork],
    ['America/New_York', autumnNewYork],
    ['Australia/Lord_Howe', ['2026-04-04T00:00:00Z', '2026-04-06T00:00:00Z'] as [string, string]],
  ])(
    'jobs of every ten minutes and of every hour go on while clocks change in %s',
    (zone, span) => {
      expect(listRuns('*/10 * * * *', zone, span)).toHaveLength(48 * 6);
      const hourly = listRuns('5 * * * *', zone, span);
      expect(hourly.length).toBeGreaterThanOrEqual(48);
      expect(hourly.length).toBeLessThanOrEqual(49);
    },
  );

  it('a process that was held up for minutes still runs what it missed, once', () => {
    const span: [string, string] = ['2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z'];
    expect(listRuns('30 4 * * *', 'UTC', span, 7)).toEqual(['06-01T04:33']);
    expect(listRuns('*/10 * * * *', 'UTC', span, 45)).toHaveLength(32);
  });

  it('the default of MINING_SCHEDULE exists once in every night of every zone', () => {
    const { miningSchedule } = readConfig({ DATA_DIR: './data' });
    expect(miningSchedule).toBe('30 4 * * *');
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      for (const change of listChanges(zone)) {
        // The two local days around a change have two half past fours.
        expect([zone, countHalfPastFours(zone, change)]).toEqual([zone, 2]);
      }
    }
  });
});

describe('periodic jobs', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-10-24T23:55:30Z') }));
  afterEach(() => void vi.useRealTimers());

  it('run through the night in which Paris sets its clocks back', async () => {
    const runs: string[] = [];
    const job = (name: string, expression: string) => ({
      name,
      expression,
      run: async () => void runs.push(`${name} ${new Date().toISOString().slice(11, 16)}`),
    });
    const jobs = startPeriodicJobs(
      [job('ends', '*/10 * * * *'), job('night', '30 2 * * *')],
      'Europe/Paris',
    );
    await vi.advanceTimersByTimeAsync(125 * minuteMs);
    await jobs.close();
    const ends = runs.filter((run) => run.startsWith('ends'));
    expect(ends.map((run) => run.slice(5))).toEqual(
      ['00', '01']
        .flatMap((hour) =>
          ['00', '10', '20', '30', '40', '50'].map((minute) => `${hour}:${minute}`),
        )
        .concat('02:00'),
    );
    expect(runs.filter((run) => run.startsWith('night'))).toEqual(['night 00:30']);
  });

  it('do not start a second time while they run, and go on after a failure', async () => {
    let [started, failed] = [0, 0];
    const slow = {
      name: 'slow',
      expression: '* * * * *',
      run: () => {
        started++;
        return new Promise((resolve) => setTimeout(resolve, 3 * minuteMs - 1000));
      },
    };
    const failing = {
      name: 'failing',
      expression: '* * * * *',
      run: async () => {
        failed++;
        throw new Error('no');
      },
    };
    const jobs = startPeriodicJobs([slow, failing], 'UTC');
    await vi.advanceTimersByTimeAsync(6 * minuteMs);
    await jobs.close();
    expect([started, failed]).toEqual([2, 6]);
  });
});
