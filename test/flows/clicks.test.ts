import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('every click and every message is answered', () => {
  let acme: Acme;
  let [ana, eva, bo, kim, lee, dana] = [] as unknown as SandboxActor[];

  beforeAll(async () => {
    acme = await startAcme({
      users: [
        { name: 'gus', realName: 'Gus', email: 'gus@partner.example', isRestricted: true },
        { name: 'robot', realName: 'Robot', email: 'robot@acme.example', isBot: true },
        { name: 'joe', realName: 'Joe', email: 'joe@acme.example', deleted: true },
      ],
    });
    [ana, eva, bo, kim, lee, dana] = ['ana', 'eva', 'bo', 'kim', 'lee', 'dana'].map((name) =>
      acme.as(name),
    );
  }, 60_000);
  afterAll(() => acme.close());

  /** Stops all changes on the screen until the returned function is called. */
  function freeze(method: string): () => void {
    return acme.slack.fail({ method, kind: 'refuse', error: 'internal_error', times: 1_000 });
  }

  async function approved(role: string): Promise<void> {
    await ask(ana!, role);
    const { ts } = await card(bo!, `Ana asks for GitHub · ${role}`);
    await bo!.click({ text: 'Approve', messageTs: ts });
  }

  it('the second of two owners, on an outdated card, reads who was first', async () => {
    await approved('Admin');
    const give = 'Provision GitHub · Admin for Ana';
    const [ofKim, ofLee] = [await card(kim!, give), await card(lee!, give)];
    const thaw = freeze('chat.update');
    await kim!.click({ text: 'Provisioned', messageTs: ofKim.ts });
    await card(ana!, 'You now have GitHub · Admin');

    for (const text of ['Provisioned', "Won't provision"]) {
      const before = lee!.messages().length;
      await lee!.click({ text, messageTs: ofLee.ts });
      await lee!.waitFor(() => lee!.messages().length > before, wait);
      expect(answerTo(lee!)).toMatch(
        /^Kim marked this as provisioned just now; task #\d+ is closed\.$/,
      );
    }
    const before = lee!.messages().length;
    await lee!.select({ actionId: 'task:more', messageTs: ofLee.ts, to: 'Reassign to…' });
    await lee!.waitFor(() => lee!.messages().length > before, wait);
    expect(answerTo(lee!)).toContain('Kim marked this as provisioned');
    await lee!.click({ text: 'Details', messageTs: ofLee.ts });
    const details = await lee!.waitFor(() => lee!.modal());
    expect(details.words).toContain('Provisioned by Kim');
    await lee!.closeModal();

    thaw();
    await lee!.waitFor(() => {
      const copy = lee!.messages().find((message) => message.ts === ofLee.ts);
      return copy?.words.includes('Provisioned by Kim') && !copy.buttons.includes('Provisioned');
    }, wait);
  });

  it('a person who reassigned a task reads who has it now', async () => {
    await ask(ana!, 'Audit');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Audit');
    const thaw = freeze('chat.update');
    await bo!.select({ actionId: 'task:more', messageTs: ts, to: 'Reassign to…' });
    await bo!.waitFor(() => bo!.modal());
    await bo!.fill({ 'New assignee': 'Eva', Reason: 'I am away.' });
    expect(await bo!.submit()).toMatchObject({ ok: true });
    await card(eva!, 'Ana asks for GitHub · Audit');
    await bo!.click({ text: 'Approve', messageTs: ts });
    await bo!.waitFor(() => answerTo(bo!) === 'This was reassigned; it is now with Eva.', wait);
    thaw();
  });

  it('a click in an outdated Home is answered in a modal', async () => {
    await approved('Billing');
    await card(kim!, 'Provision GitHub · Billing for Ana');
    await lee!.openHome();
    await lee!.waitFor(() => lee!.home()?.words.includes('Provision GitHub · Billing for Ana'));
    const thaw = freeze('views.publish');
    await kim!.click({ text: 'Provisioned' });
    await card(ana!, 'You now have GitHub · Billing');
    await lee!.click({ text: 'Provisioned', in: 'home' });
    const window = await lee!.waitFor(() => lee!.modal());
    expect(window.words).toContain('Kim marked this as provisioned');
    thaw();
    await lee!.closeModal();
  });

  it('a card from before a restart still works', async () => {
    await ask(ana!, 'Deploy');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Deploy');
    await acme.restart();
    expect(await bo!.click({ text: 'Approve', messageTs: ts })).toEqual({ ok: true });
    await card(kim!, 'Provision GitHub · Deploy for Ana');
  }, 30_000);

  it('a denial without a reason shows an error beside the field, and nothing is decided', async () => {
    await ask(ana!, 'Export');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Export');
    await bo!.click({ text: 'Deny', messageTs: ts });
    await bo!.waitFor(() => bo!.modal());
    await bo!.fill({ reason: '   ' });
    const { ok, errors } = await bo!.submit();
    expect(ok).toBe(false);
    expect(errors?.reason).toMatch(/^Enter a reason\./);
    await bo!.closeModal();
    await bo!.click({ text: 'Approve', messageTs: ts });
    await card(kim!, 'Provision GitHub · Export for Ana');
  });

  it('a click in Home is answered in a message if Slack opens no modal', async () => {
    await bo!.openHome();
    await bo!.waitFor((who) => who.home()?.buttons.includes('Request access'), wait);
    const expired = { kind: 'refuse', error: 'expired_trigger_id', times: 2 } as const;
    acme.slack.fail({ method: 'views.open', ...expired });
    await bo!.click({ text: 'Request access' });
    const isAnswered = () => bo!.messages().at(-1)?.text.includes('took too long to open this');
    await bo!.waitFor(isAnswered, wait);
  });

  it('an event that Slack delivers twice is answered once', async () => {
    const before = dana!.messages().length;
    acme.slack.fail({ kind: 'redeliver' });
    await dana!.dm('hello');
    await card(dana!, 'Hello Dana');
    await dana!.dm('sugestions');
    await dana!.waitFor(() => dana!.messages().at(-1)?.text.includes('Did you mean'), wait);
    expect(dana!.messages()).toHaveLength(before + 4);
  });

  it.each([
    ['gus', /^Guests of the workspace cannot use Rolemine/],
    ['robot', /^Bots cannot use Rolemine/],
    ['joe', /^Your Slack account is deactivated/],
  ])('%s reads in one sentence why they cannot use Rolemine', async (name, sentence) => {
    const who = acme.as(name);
    await who.command('/rolemine', 'tasks');
    await who.waitFor(() => answerTo(who), wait);
    expect(answerTo(who)).toMatch(sentence);
  });

  it('an unknown command is answered with the nearest one, an unknown sentence with actions', async () => {
    await dana!.command('/rolemine', 'sugestions <!channel>');
    await dana!.waitFor(() => answerTo(dana!).includes('Did you mean `suggestions`?'), wait);
    expect(answerTo(dana!)).toContain('“sugestions !channel”');
    await dana!.command('/rolemine', 'the weather is nice');
    await dana!.waitFor(() => answerTo(dana!).includes('Did you mean one of these?'), wait);
    const { ts, buttons } = dana!.messages().findLast((message) => message.ephemeral)!;
    expect(buttons).toEqual(['Request access', 'Help']);
    await dana!.click({ text: 'Request access', messageTs: ts });
    await dana!.waitFor(() => dana!.modal()?.title === 'Request access');
    await dana!.closeModal();
  });

  it('a command for Super Admins is refused with their names', async () => {
    await ana!.command('/rolemine', 'analyze all');
    await ana!.waitFor(() => answerTo(ana!).includes('Dana'), wait);
  });

  it('a direct message is greeted, and runs commands', async () => {
    const before = dana!.messages().length;
    await dana!.dm('Hello!');
    await dana!.waitFor(() => dana!.messages().length === before + 2, wait);
    expect(dana!.messages().at(-1)).toMatchObject({
      words: expect.stringMatching(/^Hello Dana\. Write what you need/),
      ephemeral: false,
    });
    await dana!.dm('analyze department=Enginering');
    await dana!.waitFor(() => dana!.messages().at(-1)?.text.includes('Engineering'), wait);
    expect(dana!.messages().at(-1)?.ephemeral).toBe(false);
  });

  it('messages faster than Slack lets the app answer are all answered', async () => {
    const before = eva!.messages().length;
    for (let line = 1; line <= 7; line += 1) await eva!.dm(`wurd${line}`);
    await eva!.waitFor(() => eva!.messages().length === before + 14, wait);
    const answers = eva!.messages().filter((message) => message.isFromApp);
    for (let line = 1; line <= 7; line += 1) {
      expect(answers.filter(({ text }) => text.includes(`“wurd${line}”`))).toHaveLength(1);
    }
  });
});

describe('a message arrives once, whatever Slack does', () => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme();
  }, 60_000);
  afterAll(() => acme.close());

  const posts = () =>
    acme.slack.calls.filter(({ method, answer }) => method === 'chat.postMessage' && answer.ok);

  it('after Slack asks to wait, nothing is lost or doubled', async () => {
    const bo = acme.as('bo');
    acme.slack.fail({ method: 'chat.postMessage', kind: '429', retryAfterSeconds: 2, times: 2 });
    const started = Date.now();
    await ask(acme.as('ana'), 'Admin');
    await ask(acme.as('eva'), 'Admin');
    await card(bo, 'Ana asks for GitHub · Admin');
    await card(bo, 'Eva asks for GitHub · Admin');
    await card(acme.as('ana'), 'You asked for GitHub · Admin');
    await card(acme.as('eva'), 'You asked for GitHub · Admin');
    expect(Date.now() - started).toBeGreaterThanOrEqual(2_000);
    expect(bo.messages()).toHaveLength(2);
    expect(posts()).toHaveLength(4);
  }, 30_000);

  it('after two errors, another attempt delivers the message', async () => {
    const bo = acme.as('bo');
    const before = bo.messages().length;
    acme.slack.fail({ method: 'chat.postMessage', kind: '500', times: 2 });
    await ask(acme.as('ana'), 'Audit');
    await card(bo, 'Ana asks for GitHub · Audit');
    await card(acme.as('ana'), 'You asked for GitHub · Audit');
    expect(bo.messages()).toHaveLength(before + 1);
  }, 40_000);

  it.each([
    ['Deny', 'Merge', { reason: 'too late' }],
    ['Reassign to…', 'Pages', { 'New assignee': 'Eva', Reason: 'I am away.' }],
  ])(
    'a form of %s for a closed task is refused and changes nothing',
    async (action, role, words) => {
      const [ida, hal] = [acme.as('ida'), acme.as('hal')];
      await ask(ida, role);
      const { ts } = await card(hal, `Ida asks for GitHub · ${role}`);
      if (action === 'Deny') await hal.click({ text: action, messageTs: ts });
      else await hal.select({ actionId: 'task:more', messageTs: ts, to: action });
      await hal.waitFor(() => hal.modal());
      await hal.fill(words);
      const own = ida
        .messages()
        .findLast((one) => one.words.includes(`You asked for GitHub · ${role}`));
      await ida.click({ text: 'Cancel request', messageTs: own!.ts });
      await ida.waitFor(() => answerTo(ida).endsWith('is canceled.'), wait);
      await hal.submit();
      const said = await hal.waitFor(() => hal.modal(), wait);
      expect(said.words).toMatch(/This task was canceled/);
      await hal.closeModal({ all: true });
    },
  );

  it('a person deactivated in Slack is not asked: the next in line are', async () => {
    const before = acme.as('hal').messages().length;
    await acme.slack.changeUser('hal@acme.example', { deleted: true });
    await ask(acme.as('ida'), 'Admin');
    await card(acme.as('kim'), 'Ida asks for GitHub · Admin');
    expect(acme.slack.mails('hal@acme.example')).toEqual([]);
    expect(acme.as('hal').messages()).toHaveLength(before);
  });
});
