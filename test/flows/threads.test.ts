import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('comments in Slack', () => {
  let acme: Acme;
  let [ana, bo, kim] = [] as unknown as [SandboxActor, SandboxActor, SandboxActor];

  beforeAll(async () => {
    acme = await startAcme();
    [ana, bo, kim] = [acme.as('ana'), acme.as('bo'), acme.as('kim')];
    await ask(ana, 'Admin');
  }, 60_000);
  afterAll(() => acme.close());

  const inThread = (who: SandboxActor, words: string) =>
    who.messages().filter((message) => message.threadTs && message.words.includes(words));

  const answerIn = (who: SandboxActor, threadTs: string) =>
    who.messages().find((one) => one.isFromApp && one.threadTs === threadTs && !one.words);

  it('a reply in the thread of a card is a comment that others see in their threads', async () => {
    const asked = await card(bo, 'Ana asks for GitHub · Admin');
    await bo.dm('Until when do you need it? <!channel> & co', { threadTs: asked.ts });
    await ana.waitFor((who) => inThread(who, 'Until when do you need it?')[0], wait);
    const [seen] = inThread(ana, 'Until when');
    expect(seen?.words).toContain('*Bo* commented:');
    expect(seen?.words).toContain('&lt;!channel&gt; &amp; co');
    const own = ana.messages().find((message) => message.words.includes('You asked for'));
    expect(seen?.threadTs).toBe(own?.ts);
  });

  it('an answer arrives once, even if Slack delivers it twice', async () => {
    acme.slack.fail({ kind: 'redeliver', times: 1 });
    const own = await card(ana, 'You asked for GitHub · Admin');
    await ana.dm('Until Friday', { threadTs: own.ts });
    await bo.waitFor((who) => inThread(who, 'Until Friday')[0], wait);
    await acme.restart();
    expect(inThread(bo, 'Until Friday')).toHaveLength(1);
  });

  it('a comment that arrived although Slack did not answer in time is not posted again', async () => {
    acme.slack.fail({ method: 'chat.postMessage', kind: 'slow', delayMs: 15_500 });
    const own = await card(ana, 'You asked for GitHub · Admin');
    await ana.dm('Slack is slow today', { threadTs: own.ts });
    await bo.waitFor((who) => inThread(who, 'slow today')[0], 30_000);
    const lookedAt = () =>
      acme.slack.calls.some(({ method }) => method === 'conversations.replies');
    await bo.waitFor(lookedAt, 15_000);
    const later = await card(bo, 'Ana asks for GitHub · Admin');
    await bo.dm('It is', { threadTs: later.ts });
    await ana.waitFor((who) => inThread(who, 'It is')[0], wait);
    expect(inThread(bo, 'slow today')).toHaveLength(1);
  }, 60_000);

  it('the details name every comment with its author', async () => {
    const asked = await card(bo, 'Ana asks for GitHub · Admin');
    await bo.click({ text: 'Details', messageTs: asked.ts });
    const details = await bo.waitFor((who) => who.modal(), wait);
    expect(details.words).toContain('Until when do you need it?');
    expect(details.words).toContain('Until Friday');
    await bo.closeModal();
  });

  it('a comment from the menu reaches all threads, including the author’s', async () => {
    const asked = await card(bo, 'Ana asks for GitHub · Admin');
    await bo.select({ actionId: 'task:more', messageTs: asked.ts, to: 'Comment' });
    await bo.waitFor((who) => who.modal(), wait);
    await bo.fill({ comment: 'I ask security first' });
    await bo.submit();
    await ana.waitFor((who) => inThread(who, 'I ask security first')[0], wait);
    await bo.waitFor((who) => inThread(who, 'I ask security first')[0], wait);
  });

  it('Details show a comment of 12,000 characters in full, with emoji, mentions and code', async () => {
    const asked = await card(bo, 'Ana asks for GitHub · Admin');
    const long = `:tada: \`npm ci\` R&D ${'word '.repeat(2_390)}the end`.padEnd(12_000, '!');
    await bo.dm(long, { threadTs: asked.ts });
    const cut = await ana.waitFor((who) => inThread(who, ':tada:')[0], wait);
    expect(cut.words).toContain('Details show the whole comment.');
    const own = await card(ana, 'You asked for GitHub · Admin');
    await ana.click({ text: 'Details', messageTs: own.ts });
    await ana.waitFor((who) => who.modal()?.buttons.find((one) => one.startsWith('All')), wait);
    await ana.click({ text: 'All comments (6)' });
    await ana.waitFor((who) => who.modal()?.title === 'Comments', wait);
    const words = ana.modal()?.words.replace(/\n> /g, '');
    expect(words).toContain(':tada: `npm ci` R&amp;D word word');
    expect(words).toContain('the end!!!');
    await ana.closeModal({ all: true });
  });

  it('a refused comment is answered in its thread', async () => {
    const asked = await card(bo, 'Ana asks for GitHub · Admin');
    await bo.dm('x'.repeat(12_001), { threadTs: asked.ts });
    const refusal = await bo.waitFor(
      (who) => inThread(who, '')[0] && answerIn(who, asked.ts),
      wait,
    );
    expect(refusal.text).toContain('A comment can have 12,000 characters; this one has 12,001');
    const ts = await bo.dm('help');
    await bo.dm('anybody here?', { threadTs: ts });
    const stray = await bo.waitFor((who) => answerIn(who, ts), wait);
    expect(stray.text).toContain('Nobody else sees this thread');
  });

  it('the requester comments from the card or from Details, and Details show it', async () => {
    const own = await card(ana, 'You asked for GitHub · Admin');
    await ana.click({ text: 'Comment', messageTs: own.ts });
    await ana.waitFor((who) => who.modal(), wait);
    await ana.fill({ comment: 'from my card' });
    await ana.submit();
    await bo.waitFor((who) => inThread(who, 'from my card')[0], wait);
    await ana.click({ text: 'Details', messageTs: own.ts });
    await ana.waitFor((who) => who.modal()?.words.includes('*Insights*'), wait);
    await ana.click({ text: 'Comment', in: 'modal' });
    await ana.waitFor((who) => who.modalDepth() === 2, wait);
    await ana.fill({ comment: 'from Details' });
    await ana.submit();
    await ana.waitFor(
      (who) => who.modalDepth() === 1 && who.modal()?.words.includes('from Details'),
      wait,
    );
    await ana.closeModal();
  });

  it('a revocation is proposed in a form, confirmed by the manager and deprovisioned', async () => {
    await kim.command('/rolemine', 'revoke');
    await kim.waitFor((who) => who.modal(), wait);
    await kim.select({ field: 'Person', to: 'Fay' });
    await kim.waitFor((who) => who.modal()?.words.includes('Entitlement'), wait);
    await kim.fill({ Entitlement: 'GitHub · Read', Reason: 'moved to Sales' });
    const { errors } = await kim.submit();
    expect(errors).toBeUndefined();
    await kim.closeModal({ all: true });
    const asked = await card(bo, 'Revoke GitHub · Read from Fay?');
    expect(asked.buttons.slice(0, 3)).toEqual(['Confirm', 'Deny', 'Details']);
    await bo.click({ text: 'Confirm', messageTs: asked.ts });
    const carry = await card(kim, 'Deprovision GitHub · Read for Fay');
    await kim.waitFor(
      (who) => who.messages().some((one) => one.buttons.includes('Deprovisioned')),
      wait,
    );
    expect(carry).toBeDefined();
    await kim.click({ text: 'Deprovisioned' });
    await card(acme.as('fay'), 'You no longer have GitHub · Read');
  });
});
