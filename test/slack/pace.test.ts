import { describe, expect, it } from 'vitest';
import { Pace, type Turn } from '../../src/slack/pace.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
/** The start of a turn in milliseconds after `now`. */
const begins = (turn: Turn, at = now) =>
  'slot' in turn ? turn.slot.getTime() - now : at + turn.waitMs - now;
const isNow = (turn: Turn) => 'waitMs' in turn && turn.waitMs === 0;
const take = (times: number, turn: () => Turn) => Array.from({ length: times }, turn);

describe('new messages', () => {
  it('are sent a second apart in one conversation, in their order', () => {
    const pace = new Pace();
    const times = take(20, () => pace.takePostTurn('U1', now)).map((turn) => begins(turn));
    expect(times[0]).toBe(0);
    times.slice(1).forEach((time, at) => {
      expect(time - (times[at] ?? 0)).toBeGreaterThanOrEqual(1_000);
    });
  });

  it('do not wait for messages of another conversation', () => {
    const pace = new Pace();
    take(5, () => pace.takePostTurn('U1', now));
    expect(isNow(pace.takePostTurn('U2', now))).toBe(true);
  });

  it('are sent at their slot; a short wait is waited out', () => {
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
  it('stay within 50 a minute, with 15 of them reserved for clicked cards', () => {
    const pace = new Pace();
    expect(take(50, () => pace.takeUpdateTurn(false, now)).filter(isNow)).toHaveLength(35);
    expect(take(20, () => pace.takeUpdateTurn(true, now)).filter(isNow)).toHaveLength(15);
  });

  it('that are postponed get their own slots after the minute, in order', () => {
    const pace = new Pace();
    take(35, () => pace.takeUpdateTurn(false, now));
    const slots = take(10, () => pace.takeUpdateTurn(false, now)).map((turn) => begins(turn));
    expect(slots[0]).toBe(60_000);
    slots.slice(1).forEach((slot, at) => {
      expect(slot).toBeGreaterThan(slots[at] ?? 0);
    });
    expect(isNow(pace.takeUpdateTurn(false, now + 60_001))).toBe(true);
  });

  it('of clicked cards do not queue behind hundreds of others', () => {
    const pace = new Pace();
    take(400, () => pace.takeUpdateTurn(false, now));
    take(15, () => pace.takeUpdateTurn(true, now));
    expect(begins(pace.takeUpdateTurn(true, now))).toBeLessThanOrEqual(60_000);
  });

  it('keep their place in the queue while their contents change', () => {
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
  it('are published at less than a hundred a minute, in their order', () => {
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
