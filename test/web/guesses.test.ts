import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { log, redact } from '../../src/log.ts';
import { Guesses } from '../../src/web/guesses.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

describe('guesses of links', () => {
  let server: LinkServer;
  // Each counts from nothing.
  beforeEach(async () => {
    server = await startLinkServer();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.close();
  });

  it('5,000 of them: none opens, they are slowed down, the log has one line, and a link still opens at once', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { url } = await server.ask();
    const statuses: Record<number, number> = {};
    let left = 5_000;
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
    expect(statuses[404]! + statuses[429]!).toBe(5_000);
    // In a second some 20 are answered with a 404: 40 wait, each two seconds.
    expect(slowest).toBeGreaterThan(1_900);
    const lines = written.mock.calls.map(([line]) => String(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('somebody tries links that do not exist');
    expect(lines[0]).not.toContain('/t/');
  }, 120_000);

  it('a few wrong links cost nothing, and each address has its own count', async () => {
    const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    let now = 0;
    const waited: number[] = [];
    const guesses = new Guesses(
      () => now,
      async (ms) => waited.push(ms),
    );
    for (let i = 0; i < 10; i++) await guesses.count('a');
    expect(waited).toEqual([]);
    await guesses.count('a');
    expect(waited).toEqual([100]);
    await guesses.count('b');
    expect(waited).toHaveLength(1);
    expect(lines).toHaveBeenCalledTimes(1);
    now += 61_000;
    await guesses.count('a');
    expect(waited).toHaveLength(1);
    for (let i = 0; i < 10; i++) await guesses.count('a');
    expect(lines).toHaveBeenCalledTimes(2);
  });

  it('behind a proxy of one’s own network, its word about the address is taken', async () => {
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

  it('many addresses at once are noticed, too', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const guesses = new Guesses(() => 1_000_000);
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => guesses.count(`10.0.${i >> 8}.${i & 255}`)),
    );
    expect(answers.filter((one) => one).length).toBe(140);
  });
});

it('the token of a link is in no line of the log', () => {
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
