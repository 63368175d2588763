import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../../src/governance/context.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import {
  createPreferencesLink,
  createTaskLink,
  deleteOldLinks,
  linkUrl,
  openLink,
} from '../../../src/governance/email-links/action-links.ts';
import {
  commentByLink,
  decideByLink,
  findNewAssigneesByLink,
  handOnByLink,
  readTaskPage,
  reassignByLink,
} from '../../../src/governance/email-links/task-page.ts';
import { actionLinks, auditLog } from '../../../src/store/schema/messages.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { stepAssignees, taskComments, taskSteps } from '../../../src/store/schema/tasks.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const later = (days: number) => new Date(noon.getTime() + days * 24 * 3_600_000);
const yes = { positive: true, reason: '' };

describe.each(databases())('links in e-mails on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let at: Ctx;

  beforeEach(() => {
    at = company.system;
  });

  /** Ana requests GitHub · User. Bo approves it, then Lee provisions it. */
  async function ask(entitlementId = company.user) {
    const { id } = await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId,
      reason: 'on call',
    });
    const [step, next] = await listSteps(db, id);
    return { taskId: id, stepId: step!.id, version: step!.version, nextId: next!.id };
  }
  type Asked = Awaited<ReturnType<typeof ask>>;
  const linkOf = (name: keyof SmallCompany['ids'], { taskId, stepId }: Asked) =>
    createTaskLink(at, { personId: company.ids[name], taskId, stepId });
  const optionsOf = (stepId: number, options: object) =>
    db.update(taskSteps).set({ options }).where(eq(taskSteps.id, stepId));
  const verbs = async () =>
    (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);

  it('a token has 256 random bits, and only its hash is stored', async () => {
    const task = await ask();
    const tokens = [await linkOf('Bo', task), await linkOf('Bo', task)];
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(linkUrl('https://r.example', 'task', tokens[0]!)).toBe(
      `https://r.example/t/${tokens[0]}`,
    );
    const stored = JSON.stringify(await db.select().from(actionLinks));
    for (const token of tokens) expect(stored).not.toContain(token);
  });

  it('the page shows the card with its evidence, and reading it changes nothing', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const before = [await verbs(), await db.select().from(actionLinks).orderBy(actionLinks.id)];
    const page = await readTaskPage(at, token);
    await readTaskPage(at, token);
    expect(page.card.title).toBe('Ana asks for GitHub · User');
    expect(page.details.insights?.length).toBeGreaterThan(0);
    expect(page.details.plan).toHaveLength(2);
    expect(page).toMatchObject({
      person: { name: 'Bo' },
      state: undefined,
      choice: { yes: 'Approve', no: 'Deny', reasonFor: { yes: false, no: true } },
    });
    expect([await verbs(), await db.select().from(actionLinks).orderBy(actionLinks.id)]).toEqual(
      before,
    );
  });

  it('a link decides once, in its person’s name, and the page then names the decider', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    await decideByLink(at, token, { ...yes, version: task.version });
    const [step] = await listSteps(db, task.taskId);
    expect(step).toMatchObject({ state: 'approved', decidedBy: company.ids.Bo });
    expect(step?.decidedVia).toBe('email');
    const [row] = (await db.select().from(auditLog).orderBy(auditLog.id)).filter(
      (one) => one.verb === 'step.approved',
    );
    expect(row).toMatchObject({ actorId: company.ids.Bo, via: 'email' });
    const again = decideByLink(at, token, { version: 9, positive: false, reason: 'no' });
    await expect(again).rejects.toThrow('Bo approved this just now; it is now with Lee.');
    const page = await readTaskPage({ ...at, now: new Date(noon.getTime() + 120_000) }, token);
    expect(page.state).toBe('Bo approved this 2 minutes ago; it is now with Lee.');
    expect(page.choice).toBeUndefined();
  });

  it('a refused decision does not use up the link', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const { version } = task;
    const no = { version, positive: false };
    await expect(decideByLink(at, token, { ...no, reason: ' ' })).rejects.toThrow('Enter a reason');
    const tooLong = decideByLink(at, token, { ...no, reason: 'x'.repeat(1_001) });
    await expect(tooLong).rejects.toThrow('1,000 characters; this one has 1,001');
    await decideByLink(at, token, { ...no, reason: 'not on call' });
    expect((await listSteps(db, task.taskId))[0]).toMatchObject({ state: 'denied' });
  });

  it.each([
    ['one link used twice', false],
    ['a link and a click', true],
  ])('%s at once decide once', commits, async (_, isClick) => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const { version, stepId } = task;
    const byLink = () => decideByLink(at, token, { ...yes, version });
    const click = async () => decideStep(await company.as('Bo'), { stepId, version }, yes);
    const results = await Promise.allSettled([byLink(), isClick ? click() : byLink(), byLink()]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of results) {
      if (one.status === 'rejected') expect(one.reason.message).toContain('Bo approved this');
    }
  });

  it('a link no longer decides after its step was reassigned or its task was canceled', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const { version, stepId } = task;
    await reassignByLink(at, token, { version, personId: company.ids.Kim, reason: 'away' });
    expect(await readTaskPage(at, token)).toMatchObject({
      choice: undefined,
      state: 'This task is now with Kim, no longer with Bo.',
    });
    const attempt = decideByLink(at, token, { ...yes, version: version + 1 });
    await expect(attempt).rejects.toThrow('This was reassigned; it is now with Kim.');
    const linkOfKim = await linkOf('Kim', task);
    const dana = await company.as('Dana');
    await intervene(
      dana,
      { stepId, version: version + 1 },
      { action: 'cancel', reason: 'not needed' },
    );
    expect((await readTaskPage(at, linkOfKim)).state).toBe('This task was canceled just now.');
    expect((await verbs()).filter((verb) => verb.startsWith('step.'))).toEqual(['step.reassign']);
  });

  it('of high risk, a link denies and sends the rest to people in Slack, unless the policy says otherwise', async () => {
    const task = await ask(company.admin);
    const { version, stepId } = task;
    const token = await linkOf('Bo', task);
    const limit = `High-risk access cannot be decided by e-mail. Decide task #${task.taskId} in Slack.`;
    const choice = { yes: undefined, no: 'Deny', reassignable: false, limit };
    expect((await readTaskPage(at, token)).choice).toMatchObject({ ...choice, handsOnTo: [] });
    await expect(decideByLink(at, token, { ...yes, version })).rejects.toThrow(limit);
    const to = { version, personId: company.ids.Kim, reason: 'away' };
    await expect(reassignByLink(at, token, to)).rejects.toThrow(limit);
    const noOne = 'Nobody else who is in Slack can decide this. Ask a Super Admin.';
    await expect(handOnByLink(at, token, { version })).rejects.toThrow(noOne);
    const linked = {
      personId: company.ids.Kim,
      state: 'linked',
      teamId: 'T',
      userId: 'U',
    } as const;
    await db.insert(slackIdentities).values({ ...linked, checkedAt: noon });
    expect((await readTaskPage(at, token)).choice).toMatchObject({ handsOnTo: ['Kim'] });
    await optionsOf(stepId, { decideByEmail: true });
    expect((await readTaskPage(at, token)).choice).toMatchObject({ yes: 'Approve' });
    await optionsOf(stepId, {});
    await handOnByLink(at, token, { version });
    expect((await readTaskPage(at, token)).state).toContain('with Kim');
    expect((await verbs()).at(-1)).toBe('step.hand_on');
  });

  it('of high risk, a link denies', async () => {
    const task = await ask(company.admin);
    const token = await linkOf('Bo', task);
    await decideByLink(at, token, { version: task.version, positive: false, reason: 'no need' });
    expect((await listSteps(db, task.taskId))[0]?.state).toBe('denied');
  });

  it('a policy can forbid all decisions by e-mail', async () => {
    const task = await ask();
    await optionsOf(task.stepId, { decideByEmail: false });
    const token = await linkOf('Bo', task);
    const attempt = decideByLink(at, token, { ...yes, version: task.version });
    await expect(attempt).rejects.toThrow('does not allow decisions by e-mail');
  });

  it('a link has only the rights of its person: somebody else’s link decides nothing', async () => {
    const task = await ask();
    const { version } = task;
    await db.update(people).set({ managerId: null }).where(eq(people.id, company.ids.Bo));
    for (const [name, words] of [
      ['Kim', 'This is for Bo to decide.'],
      ['Dana', 'This is for Bo to decide.'],
      ['Ana', 'You cannot approve your own request.'],
    ] as const) {
      const token = await linkOf(name, task);
      await expect(decideByLink(at, token, { ...yes, version })).rejects.toThrow(words);
      const to = { version, personId: company.ids.Kim, reason: 'mine' };
      await expect(reassignByLink(at, token, to)).rejects.toThrow();
    }
    await expect(readTaskPage(at, await linkOf('Kim', task))).rejects.toThrow('Only people');
    const linkWithoutStep = await createTaskLink(at, {
      personId: company.ids.Ana,
      taskId: task.taskId,
      stepId: null,
    });
    const page = await readTaskPage(at, linkWithoutStep);
    expect(page.card.title).toBe('You asked for GitHub · User');
    expect(page).toMatchObject({ state: undefined, choice: undefined });
    const attempt = decideByLink(at, linkWithoutStep, { ...yes, version });
    await expect(attempt).rejects.toThrow('There is nothing to decide on this page.');
  });

  it('a link does not work after it expired, for another page, or for a guest or somebody who left', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const inLink = (days: number) => openLink({ ...at, now: later(days) }, token, 'task');
    expect((await inLink(13.9)).person.name).toBe('Bo');
    await expect(inLink(14)).rejects.toThrow('This link expired on 5 Dec 2026.');
    await expect(openLink(at, token, 'preferences')).rejects.toThrow('This link does not work');
    await expect(openLink(at, `${token}A`, 'task')).rejects.toThrow('This link does not work');
    const preferences = await createPreferencesLink(at, { personId: company.ids.Bo });
    const in89 = { ...at, now: later(89) };
    expect((await openLink(in89, preferences, 'preferences')).person.name).toBe('Bo');
    await deleteOldLinks({ ...at, now: later(200) });
    await expect(inLink(200)).rejects.toThrow('This link does not work');

    const newLink = await linkOf('Bo', task);
    const { Bo } = company.ids;
    await db.insert(slackIdentities).values({ personId: Bo, state: 'guest', checkedAt: noon });
    await expect(readTaskPage(at, newLink)).rejects.toThrow('Bo is a guest in Slack');
    await db.delete(slackIdentities);
    await db.update(people).set({ active: false }).where(eq(people.id, Bo));
    const attempt = decideByLink(at, newLink, { ...yes, version: task.version });
    await expect(attempt).rejects.toThrow('Bo is not active');
  });

  it('with a quorum of two, a link agrees once', async () => {
    const task = await ask();
    await reassignByLink(at, await linkOf('Bo', task), {
      version: task.version,
      personId: company.ids.Kim,
      reason: 'away',
    });
    await optionsOf(task.stepId, { quorum: 2 });
    await db.insert(stepAssignees).values({
      stepId: task.stepId,
      personId: company.ids.Lee,
      why: 'named by the policy',
      assignedAt: noon,
    });
    const token = await linkOf('Kim', task);
    const version = task.version + 1;
    await decideByLink(at, token, { ...yes, version });
    const again = decideByLink(at, token, { ...yes, version });
    await expect(again).rejects.toThrow('Kim agreed just now; it waits for the others.');
  });

  it('a link created without a step gets the active step of its person', async () => {
    const task = await ask();
    const input = { personId: company.ids.Bo, taskId: task.taskId };
    const page = await readTaskPage(at, await createTaskLink(at, input));
    expect(page.choice?.stepId).toBe(task.stepId);
    const linkOfLee = await createTaskLink(at, { ...input, personId: company.ids.Lee });
    expect(await readTaskPage(at, linkOfLee)).toMatchObject({
      state: undefined,
      choice: undefined,
    });
  });

  it('a link comments and finds possible new assignees', async () => {
    const task = await ask();
    const token = await linkOf('Bo', task);
    const found = await findNewAssigneesByLink(at, token, 'k');
    expect(found.map((one) => one.name)).toEqual(['Kim']);
    await commentByLink(at, token, 'Which repository?');
    expect(await db.select().from(taskComments)).toMatchObject([
      { authorId: company.ids.Bo, body: 'Which repository?' },
    ]);
    expect((await readTaskPage(at, token)).details.comments).toHaveLength(1);
    await expect(commentByLink(at, token, ' ')).rejects.toThrow('Write a comment first.');
  });
});
