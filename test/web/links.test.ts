import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideStep } from '../../src/governance/decisions/decide-step.ts';
import { proposeRevocation } from '../../src/governance/requests/revoke-access.ts';
import { entitlements } from '../../src/store/schema/access.ts';
import { auditLog, notificationPreferences, outbox } from '../../src/store/schema/messages.ts';
import { people } from '../../src/store/schema/people.ts';
import { taskComments } from '../../src/store/schema/tasks.ts';
import { findStep, listSteps } from '../../src/store/tasks/tasks.ts';
import { parseForms, readPageText, send, sendForm } from './form.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

describe('a page that e-mails link to', () => {
  let server: LinkServer;
  beforeAll(async () => {
    server = await startLinkServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const read = async (url: string) => readPageText(await (await fetch(url)).text());
  const stateOf = async (stepId: number) => (await findStep(server.db, stepId))?.state;

  it('shows the task, its insights and the person who decides, and decides with one click', async () => {
    const { url, stepId } = await server.openRequest();
    const words = await read(url);
    for (const part of [
      'Ana asks for GitHub · User',
      'on call',
      "You are asked as Ana's manager.",
      'Insights',
      'You decide as Bo',
      'Now: Approval, with Bo',
      'This link belongs to Bo',
    ]) {
      expect(words).toContain(part);
    }
    const sent = await sendForm(url, 'decide', { decision: 'yes', reason: 'ok for the rotation' });
    expect(sent.status).toBe(303);
    expect(new URL(sent.headers.get('location')!, url).href).toBe(`${url}#top`);
    expect(await findStep(server.db, stepId)).toMatchObject({
      state: 'approved',
      decidedVia: 'email',
      reason: 'ok for the rotation',
    });
    server.moveClock(2);
    const after = await read(url);
    expect(after).toContain('Bo approved this 2 minutes ago; it is now with Lee.');
    expect(parseForms(await (await fetch(url)).text())).not.toHaveProperty('decide');
  });

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'https://evil.example' }, 403],
    [{ 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }, 303],
    [{ Origin: 'null' }, 303],
    [{}, 303],
  ])('refuses forms of other sites: %j is answered with %i', async (headers, status) => {
    const { url, stepId } = await server.openRequest();
    const { decide } = parseForms(await (await fetch(url)).text());
    const body = new URLSearchParams({ ...decide, decision: 'yes', reason: 'ok' });
    const sent = await fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
    expect(sent.status).toBe(status);
    expect(await stateOf(stepId)).toBe(status === 303 ? 'approved' : 'active');
  });

  it('requires a reason to deny, and stores it with the decision', async () => {
    const { url, stepId } = await server.openRequest();
    const refused = await sendForm(url, 'decide', { decision: 'no', reason: ' ' });
    expect(refused.status).toBe(422);
    expect(readPageText(await refused.text())).toContain(
      'Enter a reason. The requester sees your reason.',
    );
    await sendForm(url, 'decide', { decision: 'no', reason: 'not on call' });
    expect(await findStep(server.db, stepId)).toMatchObject({
      state: 'denied',
      reason: 'not on call',
    });
  });

  it('names the earlier decision to the person who comes later, and returns their text', async () => {
    const { url, stepId, version } = await server.openRequest();
    const page = await (await fetch(url)).text();
    const bo = await server.company.as('Bo');
    await decideStep(bo, { stepId, version }, { positive: false, reason: 'no need' });
    const late = await send(url, {
      ...parseForms(page).decide,
      decision: 'yes',
      reason: 'my words',
    });
    expect(late.status).toBe(409);
    const words = readPageText(await late.text());
    expect(words).toContain('Bo denied this just now; task #1001 is closed.');
    expect(words).toContain('Your text my words');
  });

  it('says once that a revocation was confirmed, and not that it was approved', async () => {
    const { company, db } = server;
    await db.update(entitlements).set({ risk: 'low' });
    const task = await proposeRevocation(await company.as('Bo'), {
      ...{ personId: company.ids.Cy, entitlementId: company.admin, reason: 'moved on' },
    });
    const [step] = await listSteps(db, task.id);
    const url = await server.createTaskUrl('Kim', { taskId: task.id, stepId: step!.id });
    const page = await (await fetch(url)).text();
    expect(page).toContain('<button class="danger" name="decision" value="yes">Confirm');
    const { decide } = parseForms(page);
    await send(url, { ...decide, decision: 'yes' });
    const stale = readPageText(await (await send(url, { ...decide, decision: 'yes' })).text());
    expect(stale.match(/Kim confirmed this just now/g)).toHaveLength(1);
    expect(stale).not.toContain('approved this');
  });

  it('finds people without scripts, and reassigns the task to one of them', async () => {
    const { url, stepId } = await server.openRequest();
    const found = await (await fetch(`${url}?q=ki`)).text();
    expect(readPageText(found)).toContain('Kim Engineer, Engineering');
    expect(await read(`${url}?q=nobody`)).toContain(
      'Nobody who can take this task matches “nobody”.',
    );
    const kim = String(server.company.ids.Kim);
    const noReason = await sendForm(`${url}?q=ki`, 'reassign', { person: kim, reason: '' });
    const again = await noReason.text();
    expect(readPageText(again)).toContain('Enter a reason. The new assignee sees your reason.');
    expect(again).toContain(`value="${kim}" required checked`);
    const own = String(server.company.ids.Ana);
    const refused = await sendForm(`${url}?q=ki`, 'reassign', { person: own, reason: 'x' });
    expect(refused.status).toBe(422);
    const sent = await sendForm(`${url}?q=ki`, 'reassign', { person: kim, reason: 'away' });
    expect(sent.status).toBe(303);
    expect(await read(url)).toContain('This task is now with Kim, no longer with Bo.');
    expect(await stateOf(stepId)).toBe('active');
  });

  it('stores a comment as it was written, and shows it as text', async () => {
    const { url } = await server.openRequest(
      '<img src=x onerror=alert(1)> & "quoted" مرحبا 🎉\u202eevil\u0007',
    );
    const comment = '<script>alert(1)</script>\r\nline two\u0000 👩‍👩‍👧 \u202Etxt';
    const sent = await sendForm(url, 'comment', { comment });
    expect(sent.status).toBe(303);
    const [stored] = await server.db.select().from(taskComments);
    expect(stored?.body).toBe('<script>alert(1)</script>\nline two 👩‍👩‍👧 \u202Etxt');
    const page = await (await fetch(url)).text();
    expect(page).not.toMatch(/<script|<img/);
    for (const invisible of ['\u202e', '\u0007']) expect(page).not.toContain(invisible);
    expect(page).toContain(
      '&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot; مرحبا 🎉evil',
    );
  });

  it('denies a high-risk task but refuses to approve it, even with a forged form', async () => {
    const { url, stepId } = await server.openRequest('x', 'Bo', server.company.admin);
    expect(await read(url)).toContain('High-risk access cannot be decided by e-mail.');
    expect(await read(url)).not.toContain('Approve');
    const forged = { ...parseForms(await (await fetch(url)).text()).comment, do: 'decide' };
    const sent = await send(url, { ...forged, decision: 'yes' });
    expect(sent.status).toBe(403);
    expect(await stateOf(stepId)).toBe('active');
    const form = parseForms(await (await fetch(url)).text()).decide;
    await send(url, { ...form, decision: 'no', reason: 'no need' });
    expect(await stateOf(stepId)).toBe('denied');
  });

  it('names the owner of a forwarded link, and acts only in their name', async () => {
    const { stepId, taskId } = await server.openRequest();
    const leesUrl = await server.createTaskUrl('Lee', { taskId, stepId });
    const words = await read(leesUrl);
    expect(words).toContain('This task is now with Bo, no longer with Lee.');
    expect(words).toContain('This link belongs to Lee');
    expect((await fetch(await server.createTaskUrl('Kim', { taskId, stepId }))).status).toBe(403);
    await server.db.update(people).set({ active: false }).where(eq(people.name, 'Lee'));
    expect((await fetch(leesUrl)).status).toBe(403);
  });

  it('says when an expired link stopped working', async () => {
    const { url } = await server.openRequest();
    server.moveClock(14 * 24 * 60);
    const response = await fetch(url);
    expect(response.status).toBe(410);
    expect(readPageText(await response.text())).toContain('This link expired on 5 Dec 2026.');
  });

  it('sends a new link for an expired one, at most every four hours', async () => {
    const { url, taskId, version, stepId } = await server.openRequest();
    const countDigests = async () =>
      (await server.db.select().from(outbox).orderBy(outbox.id)).filter(
        (one) => one.kind === 'digest' && one.recipientId === server.company.ids.Bo,
      ).length;
    server.moveClock(15 * 24 * 60);
    expect(await read(url)).toContain(`Task #${taskId} is still with Bo.`);
    expect((await send(url, { do: 'renew' })).status).toBe(410);
    expect((await send(url, { do: 'decide', decision: 'yes' })).status).toBe(410);
    expect(await countDigests()).toBe(0);
    const page = await (await fetch(url)).text();
    const form = { do: 'renew', form: /name="form" value="([^"]+)"/.exec(page)![1]! };
    expect(readPageText(await (await send(url, form)).text())).toContain(
      'A new link is on its way',
    );
    expect(await countDigests()).toBe(1);
    server.moveClock(60);
    expect(readPageText(await (await send(url, form)).text())).toContain('was sent 1 hour ago');
    expect(await countDigests()).toBe(1);
    expect((await server.db.select().from(auditLog).orderBy(auditLog.id)).at(-1)).toMatchObject({
      verb: 'link.renew',
      via: 'email',
      actorId: server.company.ids.Bo,
    });
    const bo = await server.company.as('Bo');
    await decideStep(bo, { stepId, version }, { positive: true });
    const after = await (await fetch(url)).text();
    expect(readPageText(after)).toContain(`Task #${taskId} is not with Bo.`);
    expect(after).not.toContain('<form');
  });

  it('saves preferences, and refuses choices that do not exist', async () => {
    const url = await server.createPreferencesUrl('Bo');
    expect(await read(url)).toContain('Notifications for Bo');
    const choice = { channel: 'email', summary: 'daily', from: '8', until: '16' };
    const sent = await sendForm(url, 'save', choice);
    expect(sent.status).toBe(303);
    expect(await read(new URL(sent.headers.get('location')!, url).href)).toContain('Saved.');
    expect(await server.db.select().from(notificationPreferences)).toMatchObject([
      { channel: 'email', summary: 'daily', workFromHour: 8, workUntilHour: 16 },
    ]);
    const row = (await server.db.select().from(auditLog).orderBy(auditLog.id)).at(-1);
    expect(row).toMatchObject({ verb: 'preferences.save', via: 'email' });
    expect((await sendForm(url, 'save', { ...choice, channel: 'pigeon' })).status).toBe(422);
    expect((await sendForm(url, 'save', { ...choice, until: '8' })).status).toBe(422);
    expect((await send(url, choice)).status).toBe(403);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(url.replace('/p/', '/t/'))).status).toBe(404);
  });
});
