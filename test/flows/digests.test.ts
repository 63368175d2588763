import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 20_000;

describe('digests in Slack', () => {
  let acme: Acme;
  let [ana, bo] = [] as unknown as [SandboxActor, SandboxActor];

  beforeAll(async () => {
    acme = await startAcme();
    [ana, bo] = [acme.as('ana'), acme.as('bo')];
    for (const role of ['Admin', 'Audit', 'Billing', 'Deploy', 'Export']) await ask(ana, role);
  }, 90_000);
  afterAll(() => acme.close());

  const fromApp = (who: SandboxActor) =>
    who.messages().filter((one) => one.isFromApp && !one.ephemeral && !one.threadTs);
  const digest = () => card(bo, 'open tasks');

  it('more than three requests in five minutes are three cards and one digest', async () => {
    await bo.waitFor(() => (fromApp(bo).length === 4 ? true : undefined), wait);
    const seen = await card(bo, 'You have 2 open tasks');
    expect(seen.text).toBe('You have 2 open tasks: 2 requests.');
    expect(seen.words).toContain('Ana asks for GitHub · Deploy');
    expect(seen.buttons.filter((one) => one === 'Approve')).toHaveLength(2);
    await ana.waitFor(() => (fromApp(ana).length === 4 ? true : undefined), wait);
    expect((await card(ana, '2 requests of yours are open')).buttons).toContain('Send reminder');
  });

  it('shows all open tasks in a modal', async () => {
    const { ts } = await digest();
    await bo.click({ text: 'Show all', messageTs: ts });
    const list = await bo.waitFor(() => bo.modal(), wait);
    expect(list.words).toContain('5 open tasks');
    await bo.closeModal();
  });

  it('a decision in the digest is recorded there without another message', async () => {
    const { ts } = await digest();
    await bo.click({ text: 'Approve', messageTs: ts });
    const redrawn = await card(bo, 'Done: 1 approved');
    expect(redrawn.ts).toBe(ts);
    expect(redrawn.words).toContain('GitHub · Deploy for Ana: Approved by Bo');
    expect(redrawn.buttons.filter((one) => one === 'Approve')).toHaveLength(1);
    await bo.click({ text: 'Approve', messageTs: ts });
    const done = await card(bo, 'Nothing left to do');
    expect(done.buttons).toEqual([]);
    expect(fromApp(bo)).toHaveLength(4);
  });

  it('a comment on a task of a digest appears in its thread, with the task number', async () => {
    const own = await card(ana, 'You asked for GitHub · Admin');
    const told = (await card(ana, 'of yours are open')).ts;
    await ana.dm('Please today', { threadTs: own.ts });
    await bo.waitFor(
      () => bo.messages().find((one) => one.threadTs && one.words.includes('Please today')),
      wait,
    );
    const kim = acme.as('kim');
    const provision = await card(kim, 'Provision GitHub · Deploy for Ana');
    await kim.dm('On Monday', { threadTs: provision.ts });
    const reply = await ana.waitFor(
      () => ana.messages().find((one) => one.threadTs === told && one.words.includes('On Monday')),
      wait,
    );
    expect(reply.words).toMatch(/\*Kim\* commented on #\d+:/);
  });

  it('the requester sends a reminder to the thread of the card, once in four hours', async () => {
    const own = await card(ana, 'You asked for GitHub · Audit');
    await ana.click({ text: 'Send reminder', messageTs: own.ts });
    await ana.waitFor(() => answerTo(ana).startsWith('Reminder sent to Bo.') || undefined, wait);
    const reminder = await bo.waitFor(
      () => bo.messages().find((one) => one.text.startsWith('Reminder')),
      wait,
    );
    expect(reminder.threadTs).toBe(fromApp(bo).find((one) => one.words.includes('Audit'))?.ts);
    expect(reminder.words).toContain('Ana asks for your answer.');
    await ana.click({ text: 'Send reminder', messageTs: own.ts });
    await ana.waitFor(
      () => answerTo(ana).startsWith('Bo was reminded just now') || undefined,
      wait,
    );
  });

  it('a comment below a digest is refused, because it has several tasks', async () => {
    await bo.dm('fine with me', { threadTs: (await card(bo, 'Nothing left to do')).ts });
    await bo.waitFor(
      () =>
        bo.messages().some((one) => one.text.startsWith('This message lists several tasks')) ||
        undefined,
      wait,
    );
  });
});
