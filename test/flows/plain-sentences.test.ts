import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor, SeenMessage } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('talking to Rolemine in plain sentences', () => {
  let acme: Acme;
  let [ana, bo, dana] = [] as unknown as SandboxActor[];

  beforeAll(async () => {
    acme = await startAcme({ rateLimits: 'off' });
    [ana, bo, dana] = ['ana', 'bo', 'dana'].map((name) => acme.as(name));
  }, 60_000);
  afterAll(() => acme.close());

  /** Writes a message and waits for its answer. */
  async function say(who: SandboxActor, text: string): Promise<SeenMessage> {
    const from = who.messages().length + 1;
    await who.dm(text);
    return who.waitFor(() => who.messages()[from], wait);
  }
  const valuesOf = (who: SandboxActor) => JSON.stringify(who.modal()?.values);

  it('a request in words opens the form with the entitlement, the person and the day', async () => {
    const answer = await say(bo!, 'Can I get access to gihtub admin for @ana until 2031-01-31?');
    expect(answer.text).toBe('Request GitHub · Admin.');
    await bo!.click({ text: 'Request access', messageTs: answer.ts });
    await bo!.waitFor(() => bo!.modal(), wait);
    const values = valuesOf(bo!);
    for (const words of ['GitHub · Admin', 'Ana', '2031-01-31']) expect(values).toContain(words);
    await bo!.closeModal({ all: true });
  });

  it('words that several entitlements match are answered with a choice', async () => {
    const answer = await say(ana!, 'I need access to GitHub');
    expect(answer.text).toMatch(/^\d entitlements match “GitHub”\. Which do you need\?/);
    expect(answer.buttons.filter((text) => text === 'Request')).toHaveLength(5);
    const none = await say(ana!, 'I need access to Zxqvw');
    expect(none.text).toBe('Nothing that can be requested matches “Zxqvw”.');
    expect(none.buttons).toEqual(['Search']);
  });

  it('a task is named by its number, and says who decided what', async () => {
    await ask(ana!, 'Admin');
    const { words } = await card(ana!, 'You asked for GitHub · Admin');
    const number = /#(\d+)/.exec(words)?.[1] ?? '';
    const task = await card(bo!, 'Ana asks for GitHub · Admin');
    await bo!.click({ text: 'Approve', messageTs: task.ts });
    await card(acme.as('kim'), 'Provision GitHub · Admin');
    const answer = await say(ana!, `who approved #${number}?`);
    expect(answer.words).toContain('Approved by Bo');
    expect((await say(acme.as('eva'), `#${number}`)).text).toMatch(
      /^Only people whom a task concerns/,
    );
  });

  it('help offers what the person most likely wants, and then the commands they can use', async () => {
    expect((await say(ana!, 'hello')).buttons).toEqual([
      'Request access',
      'My requests',
      'My access',
      'All commands',
    ]);
    const help = await say(dana!, 'what can you do?');
    expect(help.buttons).toEqual(['Suggestions', 'Analyze a group', 'Setup', 'All commands']);
    await dana!.click({ text: 'All commands', messageTs: help.ts });
    await dana!.waitFor(() => answerTo(dana!).startsWith('Commands:'), wait);
    expect(answerTo(dana!)).toContain('policies');
    expect((await say(ana!, 'help all')).text).not.toContain('policies');
    expect((await say(ana!, 'Thanks!')).text).toBe("You're welcome.");
  });

  it('access like a colleague ticks only what most peers have, and shows no more to a peer', async () => {
    await ana!.command('/rolemine', 'request like @fay');
    const like = await ana!.waitFor(() => ana!.modal(), wait);
    expect(like.words).toContain('There is no access of *Fay* that you can request');
    expect(like.words).toContain('Access that few of your peers have is not shown');
    await ana!.closeModal({ all: true });
    await dana!.command('/rolemine', 'request like Fay');
    const all = await dana!.waitFor(() => dana!.modal(), wait);
    expect(all.words).toContain('GitHub · Read');
    expect(valuesOf(dana!)).not.toContain('GitHub · Read');
    await dana!.closeModal({ all: true });
  });

  it('one’s own access is given back in a form, and a name stands for a mention', async () => {
    const answer = await say(acme.as('fay'), 'I no longer need GitHub Read');
    expect(answer.text).toBe('Revoke GitHub · Read from Fay.');
    expect((await say(dana!, 'revoke GitHub Read from Fay')).text).toBe(
      'Revoke GitHub · Read from Fay.',
    );
    await bo!.command('/rolemine', 'delegate Eva until 2031-01-31');
    await bo!.waitFor(() => answerTo(bo!).includes('Eva'), wait);
    expect(answerTo(bo!)).not.toMatch(/<@|Mention/);
  });

  it('people are not listed to those who may not see their access', async () => {
    await ana!.command('/rolemine', 'person Bo');
    await ana!.waitFor(() => answerTo(ana!) !== '', wait);
    expect(answerTo(ana!)).toContain('You can view your own access');
  });
});
