import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireLinks } from '../../src/governance/email-links/action-links.ts';
import { actionLinks, auditLog, outbox } from '../../src/store/schema/messages.ts';
import { people, slackIdentities } from '../../src/store/schema/people.ts';
import { taskComments } from '../../src/store/schema/tasks.ts';
import { findStep } from '../../src/store/tasks/tasks.ts';
import { askFor } from '../support/small-company.ts';
import { parseForms, readPageText } from './form.ts';
import { enterInboxAs, InboxBrowser, openThreeRequests } from './inbox-browser.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

describe('the inbox behind a link', () => {
  let server: LinkServer;
  let bo: InboxBrowser;
  beforeAll(async () => {
    server = await startLinkServer();
  });
  beforeEach(async () => {
    await server.reset();
    bo = new InboxBrowser(server.url);
  });
  afterAll(() => server.close());

  const stateOf = async (stepId: number) => (await findStep(server.db, stepId))?.state;
  const enterAs = (name: 'Bo' | 'Kim') => enterInboxAs(server, name);
  it('lists tasks by kind with counts, and decides several after a page that names them', async () => {
    const [first, second, high] = await openThreeRequests(server);
    const link = await server.createPreferencesUrl('Bo');
    expect(await bo.read(link)).toContain('Inbox of Bo Requests 3');
    const entered = await bo.enter(link);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '../inbox?opened']);
    const words = await bo.read('tasks');
    for (const part of ['Requests 3', 'Ana asks for GitHub · Admin', '⚠ High risk', 'for Cy']) {
      expect(words).toContain(part);
    }
    const list = await bo.form('tasks', 'review');
    const steps = [first.value, second.value, high.value];
    const review = await bo.send('tasks', { ...list, decision: 'yes', step: steps });
    const page = await review.text();
    expect(readPageText(page)).toContain('Approve: 2 tasks');
    expect(readPageText(page)).toContain('Not included: 1 task');
    expect(await stateOf(first.stepId)).toBe('active');
    const { decide } = parseForms(page);
    const done = await bo.send('tasks', {
      ...decide,
      step: [first.value, second.value],
      reason: 'ok',
    });
    expect(readPageText(await done.text())).toContain(
      `Decided: 2 tasks Done: #${first.taskId} #${second.taskId}`,
    );
    expect(await findStep(server.db, second.stepId)).toMatchObject({
      ...{ state: 'approved', decidedVia: 'email', reason: 'ok' },
    });
    expect(await bo.read('tasks')).toContain('Requests 1 Completed 2');
  });

  it('denies high risk but does not approve it, whatever a form says', async () => {
    const [, , high] = await openThreeRequests(server);
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const list = await bo.form('tasks', 'review');
    const decide = { ...list, do: 'decide', step: high.value };
    const forged = await bo.send('tasks', { ...decide, decision: 'yes', reason: 'x' });
    expect(readPageText(await forged.text())).toContain(
      `High-risk access cannot be decided by e-mail. Decide task #${high.taskId} in Slack.`,
    );
    expect(await stateOf(high.stepId)).toBe('active');
    const wordless = { ...(await bo.form('tasks', 'review')), do: 'decide', step: high.value };
    const refused = await bo.send('tasks', { ...wordless, decision: 'no', reason: ' ' });
    expect(refused.status).toBe(422);
    expect(readPageText(await refused.text())).toContain('Enter a reason.');
    const again = { ...(await bo.form('tasks', 'review')), do: 'decide', step: high.value };
    await bo.send('tasks', { ...again, decision: 'no', reason: 'no need' });
    expect(await stateOf(high.stepId)).toBe('denied');
  });

  it('decides nothing of somebody else, however the form is made', async () => {
    const [first] = await openThreeRequests(server);
    const kim = await enterAs('Kim');
    const list = await kim.form('notifications', 'save');
    const bulk = { do: 'decide', list: 'approval', decision: 'yes', step: first.value };
    expect((await kim.send('tasks', { ...bulk, form: list.form! })).status).toBe(403);
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const boForm = (await bo.form('tasks', 'review')).form!;
    expect((await kim.send('tasks', { ...bulk, form: boForm })).status).toBe(403);
    // Kim's own form, of a task page that does not exist for Kim.
    expect((await kim.open(`${first.taskId}`)).status).toBe(403);
    expect((await kim.open('999999')).status).toBe(404);
    const own = await askFor(await server.company.as('Cy'), {
      ...{ personId: server.company.ids.Cy, entitlementId: server.company.admin, reason: 'x' },
    }).catch(() => undefined);
    expect(own).toBeUndefined();
    expect(await stateOf(first.stepId)).toBe('active');
    const review = await bo.send('tasks', {
      ...(await bo.form('tasks', 'review')),
      ...{ decision: 'yes', step: ['1.1', '999999.1', 'x', `${first.value}9`] },
    });
    expect(readPageText(await review.text())).toContain('Nothing to decide');
  });

  it('refuses too long lists, foreign forms and forms of other pages, and HEAD changes nothing', async () => {
    const [first] = await openThreeRequests(server);
    const link = await server.createPreferencesUrl('Bo');
    await bo.open(link, { method: 'HEAD' });
    expect(bo.cookie).toBe('');
    await bo.enter(link);
    const list = { ...(await bo.form('tasks', 'review')), decision: 'yes' };
    const many = Array.from({ length: 501 }, (_, at) => `${at + 1}.1`);
    const tooMany = await bo.send('tasks', { ...list, step: many });
    expect([tooMany.status, readPageText(await tooMany.text())]).toEqual([
      422,
      expect.stringContaining('Select at most 500 tasks at once.'),
    ]);
    const endless = await bo.send('tasks', { ...list, step: [...many, ...many] });
    expect(readPageText(await endless.text())).toContain('This form has too many entries');
    const decide = { ...list, do: 'decide', step: first.value };
    for (const headers of [
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ] as Record<string, string>[]) {
      expect((await bo.send('tasks', decide, headers)).status).toBe(403);
    }
    expect((await bo.send('tasks', { ...decide, form: '' })).status).toBe(403);
    const other = (await bo.form('requests', 'review')).form ?? '';
    expect((await bo.send('tasks', { ...decide, form: other })).status).toBe(403);
    expect((await bo.open('tasks', { method: 'HEAD' })).status).toBe(200);
    expect((await bo.open('tasks', { method: 'PUT' })).status).toBe(405);
    expect((await bo.open('tasks')).headers.get('cache-control')).toBe('no-store');
    expect(await stateOf(first.stepId)).toBe('active');
  });

  it('says what to do without a cookie, and keeps what was typed when it closed', async () => {
    const [first] = await openThreeRequests(server);
    const stranger = new InboxBrowser(server.url);
    expect(await stranger.read('tasks')).toContain('Your inbox is closed');
    expect(await stranger.read('tasks')).toContain('press “Open inbox”');
    expect(await stranger.read(`${server.url}/inbox?opened`)).toContain('Allow cookies');
    stranger.cookie = `rolemine_inbox=${'x'.repeat(43)}`;
    expect((await stranger.open('tasks')).status).toBe(403);
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const form = await bo.form(`${first.taskId}`, 'decide');
    server.moveClock(61);
    const late = await bo.send(`${first.taskId}`, { ...form, decision: 'no', reason: 'my words' });
    expect([late.status, readPageText(await late.text())]).toEqual([
      403,
      expect.stringContaining('Your text was not sent my words'),
    ]);
    expect(await stateOf(first.stepId)).toBe('active');
  });

  it('closes when the person signs out, leaves or gets another address, and for the earlier browser', async () => {
    const link = await server.createPreferencesUrl('Bo');
    await bo.enter(link);
    const { cookie } = bo;
    const tasksForm = await bo.form('tasks', 'review');
    const page = await (await bo.open('tasks')).text();
    const form = /action="sign-out"><input type="hidden" name="form" value="([^"]+)"/.exec(
      page,
    )![1]!;
    expect((await bo.send('sign-out', { form: 'x' })).status).toBe(403);
    expect(await bo.read('tasks')).toContain('Open tasks');
    expect((await bo.send('sign-out', { form })).status).toBe(200);
    expect(bo.cookie).toBe('');
    bo.cookie = cookie;
    expect((await bo.send('tasks', { ...tasksForm, decision: 'yes' })).status).toBe(403);

    await bo.enter(link);
    const phone = await enterAs('Bo');
    expect(await bo.read('tasks')).toContain('Your inbox is closed');
    await expireLinks(server.company.system, [server.company.ids.Bo]);
    expect(await phone.read('tasks')).toContain('Your inbox is closed');
    expect((await phone.open(link)).status).toBe(410);
    const again = await enterAs('Bo');
    await server.db.update(people).set({ active: false }).where(eq(people.name, 'Bo'));
    expect((await again.open('tasks')).status).toBe(403);
    const verbs = (await server.db.select().from(auditLog)).map(({ verb }) => verb);
    expect(verbs.filter((verb) => verb.startsWith('inbox.'))).toEqual([
      ...['inbox.open', 'inbox.close', 'inbox.open', 'inbox.open', 'inbox.open'],
    ]);
  });

  it('keeps the session of a browser that enters again, so that its other tabs go on', async () => {
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const { cookie } = bo;
    const form = await bo.form('delegate', 'end');
    await bo.enter((await server.openRequest()).url);
    expect(bo.cookie).toBe(cookie);
    expect(form).toEqual({});
    const sessions = await server.db
      .select()
      .from(actionLinks)
      .where(eq(actionLinks.page, 'session'));
    expect(sessions).toHaveLength(1);
  });

  it('opens for 14 days after a mail; then its page sends a newer link, every four hours', async () => {
    const link = await server.createPreferencesUrl('Bo');
    server.moveClock(15 * 24 * 60);
    expect(await bo.read(link)).toContain('This e-mail is too old to open the inbox');
    const { inbox, renew } = parseForms(await (await bo.open(link)).text());
    expect(inbox).toBeUndefined();
    expect(readPageText(await (await bo.send(link, { ...renew })).text())).toContain(
      'A new link is on its way',
    );
    expect(readPageText(await (await bo.send(link, { ...renew })).text())).toContain(
      'A new link was sent just now.',
    );
    expect(await server.db.select().from(outbox).where(eq(outbox.kind, 'inbox'))).toHaveLength(1);
    server.moveClock(90 * 24 * 60);
    const expired = await bo.open(link);
    expect(expired.status).toBe(410);
    expect(readPageText(await expired.text())).toContain('Use the link in a newer e-mail.');
  });

  it('opens at most 20 times an hour', async () => {
    const link = await server.createPreferencesUrl('Bo');
    for (let times = 0; times < 20; times++) await new InboxBrowser(server.url).enter(link);
    expect(readPageText(await (await bo.enter(link)).text())).toContain(
      'This inbox was opened 20 times within an hour. Try again later.',
    );
    expect(bo.cookie).toBe('');
  });

  it('does not open for a guest of the workspace, whose link has settings alone', async () => {
    await server.db.insert(slackIdentities).values({
      ...{ personId: server.company.ids.Bo, teamId: 'T1', slackUserId: 'U1', state: 'guest' },
    } as typeof slackIdentities.$inferInsert);
    const link = await server.createPreferencesUrl('Bo');
    expect(await bo.read(link)).not.toContain('Open inbox');
    expect(await bo.read(link)).toContain('Notifications for Bo');
  });

  it('decides, comments and reassigns on the page of a task; two tabs and a double press act once', async () => {
    const [first] = await openThreeRequests(server);
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const path = `${first.taskId}`;
    const comment = { ...(await bo.form(path, 'comment')), comment: 'one comment' };
    await Promise.all([bo.send(path, comment), bo.send(path, comment)]);
    expect(await server.db.select().from(taskComments)).toHaveLength(1);
    const [tab, other] = [await bo.form(path, 'decide'), await bo.form(path, 'decide')];
    const decided = await bo.send(path, { ...tab, decision: 'yes', reason: 'fine' });
    expect(decided.status).toBe(303);
    const late = await bo.send(path, { ...other, decision: 'no', reason: 'my words' });
    expect(late.status).toBe(409);
    const words = readPageText(await late.text());
    expect(words.match(/Bo approved this just now/g)).toHaveLength(1);
    expect(words).toContain('Your text my words');
  });
});
