import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setDelegate } from '../../src/governance/delegations/delegations.ts';
import { delegations } from '../../src/store/schema/delegations.ts';
import { outbox } from '../../src/store/schema/messages.ts';
import { stepAssignees, tasks } from '../../src/store/schema/tasks.ts';
import { parseForms, readPageText, send } from './form.ts';
import { enterInboxAs, InboxBrowser, openThreeRequests } from './inbox-browser.ts';
import { type LinkServer, startLinkServer } from './link-server.ts';

describe('the requests, the form, the delegate and the settings of an inbox', () => {
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

  const enterAs = (name: 'Ana' | 'Dana') => enterInboxAs(server, name);

  it('cancels after a question, sends reminders, and asks again', async () => {
    const { taskId } = await server.openRequest('for the quarter');
    const ana = await enterAs('Ana');
    expect(await ana.read('requests')).toContain('You asked for GitHub · User');
    const remind = await ana.form('requests', 'remind');
    expect(readPageText(await (await ana.send('requests', remind)).text())).toContain(
      'Reminder sent to Bo.',
    );
    expect((await ana.send('requests', remind)).status).toBe(409);
    const { cancel } = parseForms(await (await ana.open(`requests?cancel=${taskId}`)).text());
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const foreign = { ...(await bo.form('requests', 'x')), do: 'cancel', task: String(taskId) };
    expect((await bo.send('requests', { ...foreign, form: cancel!.form! })).status).toBe(403);
    await ana.send('requests', { ...cancel });
    expect(await server.db.select().from(tasks)).toMatchObject([{ state: 'canceled' }]);
    expect(await ana.read(`request?again=${taskId}`)).toContain('GitHub · User');
  });

  it('requests for oneself and direct reports; high risk for somebody else is not requested by mail', async () => {
    const { company } = server;
    const dana = await enterAs('Dana');
    // Her role gives nothing here: Ana is not her direct report.
    expect(await dana.read('request')).not.toContain('Ana');
    await bo.enter(await server.createPreferencesUrl('Bo'));
    expect(await bo.read('request?q=gihtub')).toContain('GitHub · User');
    const form = await bo.form('request?q=github', 'save');
    const fields = {
      ...{ form: form.form!, do: 'request', for: String(company.ids.Ana), until: '7' },
      entitlement: [String(company.admin), String(company.user)],
    };
    const wordless = await bo.send('request', { ...fields, reason: '' });
    expect(wordless.status).toBe(422);
    const kept = await wordless.text();
    expect(kept).toMatch(new RegExp(`value="${company.user}" checked`));
    expect(readPageText(kept)).toContain('Enter a reason.');
    const sent = readPageText(
      await (await bo.send('request', { ...fields, reason: 'new team' })).text(),
    );
    expect(sent).toContain('GitHub · User until 28 Nov 2026');
    expect(sent).toContain('By e-mail you can request it only for yourself');
    const twice = await bo.send('request', { ...fields, reason: 'new team' });
    expect(twice.status).toBe(409);
    const foreign = { ...fields, for: String(company.ids.Kim), reason: 'x' };
    expect((await bo.send('request', foreign)).status).toBe(403);
    expect(await server.db.select().from(tasks)).toMatchObject([
      { personId: company.ids.Ana, requesterId: company.ids.Bo },
    ]);
  });

  it('chooses a delegate, tells the person by mail, and sends the delegate no task of high risk', async () => {
    const { company } = server;
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const set = await bo.form('delegate?q=kim', 'set');
    const chosen = await bo.send('delegate', { ...set, person: String(company.ids.Kim) });
    const words = readPageText(await chosen.text());
    expect(words).toContain('Kim acts for you.');
    expect(words).toContain('New tasks of high risk stay with you');
    const notices = await server.db.select().from(outbox).where(eq(outbox.kind, 'delegation'));
    expect(notices.map(({ recipientId }) => recipientId).sort()).toEqual(
      [company.ids.Bo, company.ids.Kim].sort(),
    );
    const [low, , high] = await openThreeRequests(server);
    const holderOf = async (stepId: number) =>
      (await server.db.select().from(stepAssignees).where(eq(stepAssignees.stepId, stepId)))
        .filter(({ active }) => active)
        .map(({ personId }) => personId);
    expect(await holderOf(low.stepId)).toEqual([company.ids.Kim]);
    expect(await holderOf(high.stepId)).toEqual([company.ids.Bo]);
    const end = await bo.form('delegate', 'end');
    expect(readPageText(await (await bo.send('delegate', { ...end })).text())).toContain(
      'The delegation has ended.',
    );
    expect(await server.db.select().from(delegations)).toMatchObject([{ setVia: 'email' }]);
    // In Slack, the person is known, and a delegate gets everything.
    await setDelegate(await company.as('Bo'), {
      ...{ personId: company.ids.Bo },
      delegateId: company.ids.Lee,
    });
  });

  it('saves notification settings', async () => {
    await bo.enter(await server.createPreferencesUrl('Bo'));
    const save = await bo.form('notifications', 'save');
    const saved = await bo.send('notifications', { ...save, channel: 'email' });
    expect(readPageText(await saved.text())).toContain('Saved.');
    expect((await send(`${server.url}/inbox/notifications`, save)).status).toBe(403);
  });
});

describe('the cookie of the inbox', () => {
  it('is kept from scripts, other sites and plain HTTP', async () => {
    const secure = await startLinkServer('https://rolemine.acme.example');
    const plain = await startLinkServer();
    const cookieAt = async (server: LinkServer) => {
      const link = await server.createPreferencesUrl('Bo');
      const { inbox } = parseForms(await (await fetch(link)).text());
      return (await send(link, inbox!)).headers.get('set-cookie');
    };
    expect(await cookieAt(secure)).toMatch(
      /^__Host-rolemine_inbox=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(await cookieAt(plain)).toMatch(
      /^rolemine_inbox=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    await secure.close();
    await plain.close();
  }, 60_000);
});
