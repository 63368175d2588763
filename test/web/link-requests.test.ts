import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionLinks, auditLog, notificationPreferences } from '../../src/store/schema/messages.ts';
import { taskSteps } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { formsIn, send, sendForm, wordsOf } from './form.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

const tooOld = 'This page had been open for too long, so nothing was done.';

describe('requests that the pages behind links did not send themselves', () => {
  let server: LinkServer;
  beforeAll(async () => {
    server = await startLinkServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const stateOf = async (stepId: number) => (await findStep(server.db, stepId))?.state;

  it('refuses a form without its token, with that of another link, or of an old page, and loses no word', async () => {
    const { url, stepId } = await server.ask();
    const other = await server.linkOf('Bo', { taskId: 1001, stepId });
    const form = formsIn(await (await fetch(url)).text()).decide!;
    const typed = { ...form, decision: 'yes', reason: 'kept words' };
    const foreign = formsIn(await (await fetch(other)).text()).decide!.form!;
    const forged = [
      { ...typed, form: '' },
      { ...typed, form: foreign },
      { ...typed, form: `${form.form}x` },
      { ...typed, version: '7' },
      { do: 'decide', decision: 'yes', reason: 'kept words' },
    ];
    for (const fields of forged) {
      const response = await send(url, fields);
      expect(response.status).toBe(403);
      const page = await response.text();
      expect(wordsOf(page)).toContain(tooOld);
      expect(page).toContain('kept words</textarea>');
    }
    server.wait(126);
    expect((await send(url, typed)).status).toBe(403);
    expect(await stateOf(stepId)).toBe('active');
    server.wait(-4);
    expect((await send(url, typed)).status).toBe(303);
  });

  it('takes a form from a server whose clock is some minutes ahead, and not from one of tomorrow', async () => {
    const { url } = await server.ask();
    const form = { ...formsIn(await (await fetch(url)).text()).decide!, decision: 'yes' };
    server.wait(-10);
    expect((await send(url, form)).status).toBe(403);
    server.wait(6);
    expect((await send(url, form)).status).toBe(303);
  });

  it('answers anything else with a sentence, and does nothing', async () => {
    const { url, stepId } = await server.ask();
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

  it('is not to be kept, framed, indexed or told to other sites, and sets no cookie', async () => {
    const { url } = await server.ask();
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

  it('20 scanners that open every link and follow what they find change nothing', async () => {
    const { url, stepId, taskId } = await server.ask();
    const urls = [
      url,
      await server.linkOf('Kim', { taskId, stepId }),
      await server.preferencesOf('Bo'),
    ];
    const everything = async () =>
      JSON.stringify([
        await server.db.select().from(actionLinks),
        await server.db.select().from(taskSteps),
        await server.db.select().from(auditLog),
        await server.db.select().from(notificationPreferences),
      ]);
    const before = await everything();
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
    expect(await everything()).toBe(before);
  }, 120_000);
});
