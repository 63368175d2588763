import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionLinks, auditLog, notificationPreferences } from '../../src/store/schema/messages.ts';
import { taskSteps } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { parseForms, readPageText, send, sendForm } from './form.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

const staleForm = 'This page was open for too long, so nothing was done.';

describe('requests that no page behind a link sent', () => {
  let server: LinkServer;
  beforeAll(async () => {
    server = await startLinkServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const stateOf = async (stepId: number) => (await findStep(server.db, stepId))?.state;

  it('refuses a form with a missing, foreign or old token, and keeps the text', async () => {
    const { url, stepId } = await server.openRequest();
    const other = await server.createTaskUrl('Bo', { taskId: 1001, stepId });
    const form = parseForms(await (await fetch(url)).text()).decide!;
    const input = { ...form, decision: 'yes', reason: 'my words' };
    const foreign = parseForms(await (await fetch(other)).text()).decide!.form!;
    const forged = [
      { ...input, form: '' },
      { ...input, form: foreign },
      { ...input, form: `${form.form}x` },
      { ...input, version: '7' },
      { do: 'decide', decision: 'yes', reason: 'my words' },
    ];
    for (const fields of forged) {
      const response = await send(url, fields);
      expect(response.status).toBe(403);
      const page = await response.text();
      expect(readPageText(page)).toContain(staleForm);
      expect(page).toContain('my words</textarea>');
    }
    server.moveClock(126);
    expect((await send(url, input)).status).toBe(403);
    expect(await stateOf(stepId)).toBe('active');
    server.moveClock(-4);
    expect((await send(url, input)).status).toBe(303);
  });

  it('accepts a form from a server whose clock is a few minutes ahead, but not more', async () => {
    const { url } = await server.openRequest();
    const form = { ...parseForms(await (await fetch(url)).text()).decide!, decision: 'yes' };
    server.moveClock(-10);
    expect((await send(url, form)).status).toBe(403);
    server.moveClock(6);
    expect((await send(url, form)).status).toBe(303);
  });

  it('answers other requests with a sentence, and does nothing', async () => {
    const { url, stepId } = await server.openRequest();
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const long = { method: 'POST', body: new URLSearchParams({ reason: 'x'.repeat(200_000) }) };
    const answers: [string, RequestInit, number][] = [
      [url, { method: 'PUT' }, 405],
      [url, { method: 'DELETE' }, 405],
      [url, json, 415],
      [url, { method: 'POST' }, 415],
      [url, long, 413],
      [`${url}/decide`, { method: 'POST' }, 404],
      [`${url}/`, {}, 404],
      [`${url}x`, {}, 404],
      [`${server.url}/t/${'x'.repeat(10_000)}`, {}, 404],
      [`${server.url}/t/%ZZ`, {}, 400],
      [`${server.url}/t/`, {}, 404],
      [url.replace('/t/', '/p/'), {}, 404],
    ];
    for (const [at, request, status] of answers) {
      const response = await fetch(at, request);
      expect([at.slice(0, 80), response.status]).toEqual([at.slice(0, 80), status]);
      expect((await response.text()).length).toBeGreaterThan(10);
    }
    for (const fields of [
      { do: 'explode' },
      { do: '__proto__' },
      { do: 'decide' },
      { do: 'decide', decision: 'maybe' },
      { do: 'reassign', person: 'x' },
      { do: 'reassign', person: '999999999', reason: 'x' },
    ]) {
      const response = await sendForm(url, 'decide', fields);
      expect([fields, response.status]).toEqual([fields, 422]);
    }
    expect(await stateOf(stepId)).toBe('active');
  });

  it('forbids caching, framing, indexing and referrers, and sets no cookie', async () => {
    const { url } = await server.openRequest();
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('20 scanners that open every link and follow the links of its page change nothing', async () => {
    const { url, stepId, taskId } = await server.openRequest();
    const urls = [
      url,
      await server.createTaskUrl('Kim', { taskId, stepId }),
      await server.createPreferencesUrl('Bo'),
    ];
    const readTables = async () =>
      JSON.stringify([
        await server.db.select().from(actionLinks),
        await server.db.select().from(taskSteps),
        await server.db.select().from(auditLog).orderBy(auditLog.id),
        await server.db.select().from(notificationPreferences),
      ]);
    const before = await readTables();
    const scan = async () => {
      for (const at of urls) {
        await fetch(at, { method: 'HEAD' });
        const page = await (await fetch(at)).text();
        for (const [, link] of page.matchAll(/(?:href|action)="([^"]*)"/g)) {
          if (!link!.startsWith('data:')) await fetch(new URL(link!, at));
        }
        await fetch(`${at}?q=a`);
        await fetch(at, { method: 'POST' });
        await send(at, {});
      }
    };
    await Promise.all(Array.from({ length: 20 }, scan));
    expect(await readTables()).toBe(before);
  }, 120_000);
});
