import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { log, redact } from '../../src/log.ts';
import { GuessLimiter } from '../../src/web/guess-limiter.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

describe('guesses of links', () => {
  let server: LinkServer;
  // A new server counts from zero.
  beforeEach(async () => {
    server = await startLinkServer();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.close();
  });

  it('2,500 of them open nothing and are delayed, the log has one line, and a real link opens at once', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { url } = await server.openRequest();
    const statuses: Record<number, number> = {};
    let left = 2_500;
    let slowest = 0;
    const guess = async () => {
      while (left-- > 0) {
        const token = randomBytes(32).toString('base64url');
        const began = performance.now();
        const { status } = await fetch(`${server.url}/${left % 2 ? 't' : 'p'}/${token}`);
        slowest = Math.max(slowest, performance.now() - began);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    const guesses = Promise.all(Array.from({ length: 60 }, guess));
    await vi.waitFor(() => expect(statuses[429] ?? 0).toBeGreaterThan(100), 30_000);
    expect((await fetch(url)).status).toBe(200);
    await guesses;
    expect(Object.keys(statuses)).toEqual(['404', '429']);
    expect(statuses[404]! + statuses[429]!).toBe(2_500);
    // 40 requests are delayed at a time, for two seconds each, so about 20 get a 404 in a second.
    expect(slowest).toBeGreaterThan(1_900);
    const lines = written.mock.calls.map(([line]) => String(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('many links that do not exist were opened');
    expect(lines[0]).not.toContain('/t/');
  }, 120_000);

  it('a few wrong links are not delayed, and each address has its own count', async () => {
    const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    let now = 0;
    const waited: number[] = [];
    const guesses = new GuessLimiter(
      () => now,
      async (ms) => waited.push(ms),
    );
    for (let i = 0; i < 10; i++) await guesses.countGuess('a');
    expect(waited).toEqual([]);
    await guesses.countGuess('a');
    expect(waited).toEqual([100]);
    await guesses.countGuess('b');
    expect(waited).toHaveLength(1);
    expect(lines).toHaveBeenCalledTimes(1);
    now += 61_000;
    await guesses.countGuess('a');
    expect(waited).toHaveLength(1);
    for (let i = 0; i < 10; i++) await guesses.countGuess('a');
    expect(lines).toHaveBeenCalledTimes(2);
  });

  it('the address comes from a proxy in the own network', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const timed = async (address: string) => {
      const began = performance.now();
      await fetch(`${server.url}/t/x`, from(address));
      return performance.now() - began;
    };
    for (let i = 0; i < 15; i++) await fetch(`${server.url}/t/x`, from('203.0.113.5'));
    const [same, other] = [await timed('203.0.113.5'), await timed('203.0.113.6')];
    expect(other).toBeLessThan(same - 200);
  });

  it('guesses from many addresses are limited, too', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const guesses = new GuessLimiter(() => 1_000_000);
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => guesses.countGuess(`10.0.${i >> 8}.${i & 255}`)),
    );
    expect(answers.filter((isAnswered) => isAnswered).length).toBe(140);
  });
});

it('the log never contains the token of a link', () => {
  const token = randomBytes(32).toString('base64url');
  expect(redact(`/t/${token}?q=a`)).toBe('/t/[secret]?q=a');
  expect(redact(`POST https://r.example/p/${token} failed`)).toBe(
    'POST https://r.example/p/[secret] failed',
  );
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  log.error('x', { path: `/t/${token}`, error: new Error(`at /p/${token}`) });
  expect(String(written.mock.calls)).not.toContain(token);
  written.mockRestore();
});
