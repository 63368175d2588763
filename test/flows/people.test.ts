import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('a changed address in Slack', () => {
  let acme: Acme;
  let [bo, dana] = [] as unknown as SandboxActor[];

  beforeAll(async () => {
    acme = await startAcme();
    [bo, dana] = ['bo', 'dana'].map((name) => acme.as(name));
    await bo!.command('/rolemine', 'help');
    await bo!.waitFor(() => answerTo(bo!).startsWith('Hello Bo'), wait);
    await ask(acme.as('ana'), 'Admin');
    await card(bo!, 'Ana asks for GitHub · Admin');
  }, 60_000);
  afterAll(() => acme.close());

  it('keeps the link, and Super Admins are notified', async () => {
    await acme.slack.changeUser('bo', { email: 'bob@other.example' });
    const notice = await card(dana!, "Bo's address in Slack is now bob@other.example");
    expect(notice.words).toContain('The account stays linked to bo@acme.example.');
    await bo!.command('/rolemine', 'people');
    await bo!.waitFor(() => answerTo(bo!).includes('Only Super Admins can manage users'), wait);
  });

  it('can be unlinked: the account is somebody else, and the person gets open tasks by e-mail', async () => {
    await dana!.command('/rolemine', 'people');
    const list = await card(dana!, 'is linked with bo@acme.example.');
    expect(list.buttons).toEqual(['Keep', 'Unlink']);
    await dana!.click({ text: 'Unlink', messageTs: list.ts });
    await dana!.waitFor(() => answerTo(dana!).includes('Bo is no longer linked'), wait);
    await dana!.waitFor(
      () => acme.slack.mails('bo@acme.example').some(({ subject }) => subject.includes('GitHub')),
      wait,
    );
    const { ts } = await card(bo!, 'Ana asks for GitHub · Admin');
    await bo!.click({ text: 'Approve', messageTs: ts });
    const refusal = 'This is for Bo to decide.';
    await bo!.waitFor(() => answerTo(bo!).includes(refusal), wait);
  });
});
