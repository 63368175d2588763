import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;
const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('delegation in Slack', () => {
  let acme: Acme;
  let [ana, bo, kim, lee, dana] = [] as unknown as [
    SandboxActor,
    SandboxActor,
    SandboxActor,
    SandboxActor,
    SandboxActor,
  ];

  beforeAll(async () => {
    const guest = { name: 'gil', realName: 'Gil', email: 'gil@acme.example', isRestricted: true };
    acme = await startAcme({ users: [guest] });
    [ana, bo, kim, lee, dana] = ['ana', 'bo', 'kim', 'lee', 'dana'].map((name) =>
      acme.as(name),
    ) as [SandboxActor, SandboxActor, SandboxActor, SandboxActor, SandboxActor];
  }, 60_000);
  afterAll(() => acme.close());

  it('a manager chooses a delegate in one line, and the delegate is notified', async () => {
    await bo.command('/rolemine', `delegate @kim until ${inDays(30)}`);
    const answer = await bo.waitFor((who) => answerTo(who), wait);
    expect(answer).toMatch(/^Kim acts for you until \d+ \w+ \d{4}\. Open tasks stay with you/);
    const news = await card(kim, 'Bo made you their delegate until');
    expect(news.words).toContain(
      'You get their new tasks. Each names the person for whom you act.',
    );
  });

  it('the delegate gets new tasks that name the delegator, and the decision names both', async () => {
    await ask(ana, 'Admin');
    const asked = await card(kim, 'Ana asks for GitHub · Admin');
    expect(asked.words).toContain("You are asked for Bo, Ana's manager.");
    await kim.click({ text: 'Approve', messageTs: asked.ts });
    await card(kim, 'Approved by Kim for Bo');
    expect(bo.messages().filter((one) => one.words.includes('GitHub · Admin'))).toEqual([]);
    const own = await card(ana, 'Approved by Kim for Bo');
    await ana.click({ text: 'Details', messageTs: own.ts });
    const details = await ana.waitFor((who) => who.modal(), wait);
    expect(details.words).toContain('Done: Approval. Approved by Kim for Bo');
    await ana.closeModal({ all: true });
  });

  it('reassigning lists only eligible people, and the old card names the new assignee', async () => {
    await ask(ana, 'Audit');
    const asked = await card(kim, 'Ana asks for GitHub · Audit');
    await kim.select({ actionId: 'task:more', messageTs: asked.ts, to: 'Reassign to…' });
    await kim.waitFor((who) => who.modal(), wait);
    const offered = (await kim.suggest('person', '')).map((one) => JSON.stringify(one.text));
    const names = offered.map((text) => /"text":"(\w+)"/.exec(text)?.[1]);
    expect(names).toEqual(['Bo', 'Dana', 'Eva', 'Fay', 'Hal', 'Ida', 'Lee']);
    await kim.fill({ 'New assignee': 'Lee', Reason: 'you know this one' });
    await kim.submit();
    const taken = await card(lee, 'Ana asks for GitHub · Audit');
    expect(taken.words).toContain('Kim reassigned this to you: "you know this one".');
    await card(kim, 'Reassigned to Lee');
  });

  it('Home shows the delegation and ends it, and the delegate is notified', async () => {
    await kim.openHome();
    await kim.waitFor((who) => who.home()?.words.includes('You act for Bo until'), wait);
    await bo.openHome();
    await bo.waitFor((who) => who.home()?.words.includes('Kim acts for you until'), wait);
    await bo.click({ text: 'End delegation', in: 'home' });
    const done = await bo.waitFor((who) => who.modal(), wait);
    expect(done.words).toContain('New tasks go to you again');
    await bo.closeModal({ all: true });
    await bo.waitFor((who) => who.home()?.words.includes('You have no delegate'), wait);
    await kim.waitFor((who) => !who.home()?.words.includes('You act for Bo'), wait);
    await card(kim, "You are no longer Bo's delegate");
  });

  it('the form asks for delegate and days, and marks invalid days', async () => {
    await bo.dm('delegate');
    const opener = await bo.waitFor(
      (who) => who.messages().findLast((one) => one.buttons.includes('Delegate')),
      wait,
    );
    await bo.click({ text: 'Delegate', messageTs: opener.ts });
    const form = await bo.waitFor((who) => who.modal(), wait);
    expect(form.words).toContain('reassign them if needed');
    expect(form.words).not.toContain('Tasks of');
    await bo.fill({ Delegate: 'Lee', From: inDays(9), Until: inDays(3) });
    const { errors } = await bo.submit();
    expect(Object.values(errors ?? {})[0]).toContain('is before the first day');
    await bo.fill({ Until: inDays(12) });
    await bo.submit();
    expect(bo.modal()?.words).toMatch(/Lee will act for you from .* until/);
    await bo.closeModal({ all: true });
  });

  it.each([
    ['delegate nobody at all', 'Nobody has the name'],
    ['delegate @kim forever', 'cannot be read. Write for example'],
    ['delegate @bo', 'You cannot be your own delegate'],
    ['delegate @gil', 'guests, bots and deactivated users cannot'],
    ['delegate @kim until 2020-01-01', '1 Jan 2020 is in the past'],
    ['delegate @kim for @hal', 'only a Super Admin can choose one for somebody else. Dana can.'],
  ])('/rolemine %s is refused with advice', async (line, sentence) => {
    await bo.command('/rolemine', line);
    await bo.waitFor((who) => answerTo(who).includes(sentence), wait);
  });

  it('a Super Admin chooses a delegate for somebody else, and both are notified', async () => {
    await dana.command('/rolemine', 'delegate @kim for @hal');
    await dana.waitFor((who) => answerTo(who).includes('Kim acts for Hal.'), wait);
    await card(kim, "Dana made you Hal's delegate");
    await card(acme.as('hal'), 'Dana made Kim your delegate');
    await dana.command('/rolemine', 'delegate');
    const form = await dana.waitFor((who) => who.modal(), wait);
    expect(form.words).toContain('Tasks of');
  });

  it('Slack refused no call', () => {
    const refused = acme.slack.calls.filter((call) => call.answer.ok === false);
    expect(refused.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
  });
});
