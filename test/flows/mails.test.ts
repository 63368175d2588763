import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mail } from '../../src/sandbox/mail.ts';
import { type Acme, ask, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('a person who gets e-mail', () => {
  let acme: Acme;
  const mailsOf = (name: string) => acme.slack.mails(`${name}@acme.example`);
  const mail = (name: string, words: string): Promise<Mail> =>
    acme
      .as('dana')
      .waitFor(() => mailsOf(name).findLast(({ subject }) => subject.includes(words)), wait);

  beforeAll(async () => {
    acme = await startAcme();
    // Kim, who owns GitHub together with Lee, is not in Slack.
    await acme.slack.changeUser('kim', { email: 'kim@other.example' });
  }, 60_000);
  afterAll(() => acme.close());

  it('gets a task, a comment on it and its outcome in one thread', async () => {
    const [ana, bo] = [acme.as('ana'), acme.as('bo')];
    await ask(ana, 'Admin');
    await card(bo, 'Ana asks for GitHub');
    await bo.click({ text: 'Approve' });
    const asked = await mail('kim', 'Provision GitHub · Admin for Ana');
    expect(asked.text).toMatch(
      /Provisioned:\nhttp:\S+\/t\/[\w-]{43}\?decide=yes\nWon't provision:\n/,
    );
    const own = await card(ana, 'You asked for GitHub');
    await ana.dm('From Monday, please', { threadTs: own.ts });
    const comment = await mail('kim', 'Ana commented on GitHub · Admin for Ana');
    expect(comment.text).toContain('> From Monday, please');
    expect(comment.headers['in-reply-to']).toBe(asked.headers['message-id']);
    expect(mailsOf('ana')).toEqual([]);
  });

  it('is notified as an administrator that an import failed, as people in Slack are', async () => {
    const { exit } = await acme.importCsv(new Map([['people.csv', 'name\nnobody']]));
    expect(exit).toBe(1);
    const told = await card(acme.as('dana'), 'The sync of csv failed');
    expect(told.words).toContain('Data of earlier syncs stays until a sync succeeds.');
  });
});
