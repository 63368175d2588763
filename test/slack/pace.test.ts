import { describe, expect, it } from 'vitest';
import { Pace, type Turn } from '../../src/slack/pace.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
/** When a turn begins, in milliseconds from `now`. */
const begins = (turn: Turn, at = now) =>
  'slot' in turn ? turn.slot.getTime() - now : at + turn.waitMs - now;
const isNow = (turn: Turn) => 'waitMs' in turn && turn.waitMs === 0;
const take = (times: number, turn: () => Turn) => Array.from({ length: times }, turn);

describe('new messages', () => {
  it('go out a second apart in one conversation, in the order in which they came', () => {
    const pace = new Pace();
    const times = take(20, () => pace.takePostTurn('U1', now)).map((turn) => begins(turn));
    expect(times[0]).toBe(0);
    times.slice(1).forEach((time, at) => {
      expect(time - (times[at] ?? 0)).toBeGreaterThanOrEqual(1_000);
    });
  });

  it('do not wait for those of another conversation', () => {
    const pace = new Pace();
    take(5, () => pace.takePostTurn('U1', now));
    expect(isNow(pace.takePostTurn('U2', now))).toBe(true);
  });

  it('that come back at their slot go out then; a short wait is sat out', () => {
    const pace = new Pace();
    const [, second, third] = take(3, () => pace.takePostTurn('U1', now)).map((turn) =>
      begins(turn),
    );
    expect(isNow(pace.takePostTurn('U1', now + second!))).toBe(true);
    const early = now + third! - 300;
    expect(pace.takePostTurn('U1', early)).toEqual({ waitMs: 300 });
  });
});

describe('redraws', () => {
  it('keep to 50 a minute, of which those that somebody has clicked on have 15 to themselves', () => {
    const pace = new Pace();
    expect(take(50, () => pace.takeUpdateTurn(false, now)).filter(isNow)).toHaveLength(35);
    expect(take(20, () => pace.takeUpdateTurn(true, now)).filter(isNow)).toHaveLength(15);
  });

  it('that were put off get slots of their own, after the minute and in order', () => {
    const pace = new Pace();
    take(35, () => pace.takeUpdateTurn(false, now));
    const slots = take(10, () => pace.takeUpdateTurn(false, now)).map((turn) => begins(turn));
    expect(slots[0]).toBe(60_000);
    slots.slice(1).forEach((slot, at) => {
      expect(slot).toBeGreaterThan(slots[at] ?? 0);
    });
    expect(isNow(pace.takeUpdateTurn(false, now + 60_001))).toBe(true);
  });

  it('that somebody waits for do not queue behind hundreds that nobody looks at', () => {
    const pace = new Pace();
    take(400, () => pace.takeUpdateTurn(false, now));
    take(15, () => pace.takeUpdateTurn(true, now));
    expect(begins(pace.takeUpdateTurn(true, now))).toBeLessThanOrEqual(60_000);
  });

  it('keep their place while what they are to show changes, and let nobody past', () => {
    const pace = new Pace();
    take(35, () => pace.takeUpdateTurn(false, now));
    const first = begins(pace.checkUpdateTurn('a', false, now));
    const second = begins(pace.checkUpdateTurn('b', false, now));
    expect(second).toBeGreaterThan(first);
    expect(begins(pace.checkUpdateTurn('a', false, now + 1_000))).toBe(first);
    expect(begins(pace.checkUpdateTurn('c', false, now + first))).toBeGreaterThan(second);
    expect(isNow(pace.checkUpdateTurn('a', false, now + first))).toBe(true);
    expect(isNow(pace.checkUpdateTurn('b', false, now + second))).toBe(true);
  });
});

describe('App Homes', () => {
  it('go out at less than a hundred a minute, each in the place it has', () => {
    const pace = new Pace();
    const starts = Array.from({ length: 50 }, (_, person) =>
      begins(pace.takeHomeTurn(person, now)),
    );
    expect(starts[0]).toBe(0);
    starts.slice(1).forEach((start, at) => {
      expect(start - (starts[at] ?? 0)).toBeGreaterThanOrEqual(600);
    });
    expect(begins(pace.takeHomeTurn(30, now + 100))).toBe(starts[30]);
    expect(isNow(pace.takeHomeTurn(1, now + starts[1]!))).toBe(true);
    expect(isNow(pace.takeHomeTurn(99, now + 120_000))).toBe(true);
  });
});
