import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, ask, card, startAcme } from '../support/acme.ts';

describe('notifications', () => {
  let acme: Acme;
  const mails = () => acme.slack.mails('ana@acme.example');
  const subjects = () => mails().map(({ subject }) => subject.replace(/ \(#\d+\)$/, ''));
  const arrived = (count: number) =>
    acme.as('dana').waitFor(() => (mails().length >= count ? mails() : undefined), 15_000);
  const open = async (who: SandboxActor) => {
    await who.command('/rolemine', 'notifications');
    return who.waitFor(() => who.modal());
  };

  beforeAll(async () => {
    acme = await startAcme();
  }, 60_000);
  afterAll(() => acme.close());

  it('a person who chose e-mail only gets request, comment and outcome there, each once', async () => {
    const ana = acme.as('ana');
    await ana.openHome();
    await ana.waitFor(() => ana.home()?.buttons.includes('Notifications'), 15_000);
    await ana.click({ text: 'Notifications', in: 'home' });
    await ana.waitFor(() => ana.modal());
    await ana.fill({ 'How to notify me': 'E-mail only' });
    await ana.submit();
    await ana.closeModal({ all: true });
    await ask(ana, 'Admin');
    await arrived(1);
    const bo = acme.as('bo');
    await card(bo, 'Ana asks for GitHub');
    await bo.click({ text: 'Approve' });
    const lee = acme.as('lee');
    const task = await card(lee, 'Provision GitHub');
    await lee.dm('Which team is it for?', { threadTs: task.ts });
    await arrived(2);
    await lee.click({ text: 'Provisioned' });
    const [asked, comment, outcome] = await arrived(3);
    expect(subjects()).toEqual([
      'You asked for GitHub · Admin',
      'Lee commented on GitHub · Admin for Ana',
      'You now have GitHub · Admin',
    ]);
    const first = asked?.headers['message-id'];
    expect(comment?.headers['in-reply-to']).toBe(first);
    expect(outcome?.headers.references).toContain(first);
    expect(outcome?.text).toContain('because your notifications come by e-mail only');
    expect(ana.messages().filter((one) => one.words.includes('GitHub'))).toEqual([]);
  }, 60_000);

  it('a Super Admin sets the default for everybody, and people cannot choose another way', async () => {
    const [dana, ana] = [acme.as('dana'), acme.as('ana')];
    await open(dana);
    await dana.click({ text: 'Organization defaults' });
    await dana.waitFor(() => (dana.modal()?.title === 'Organization defaults' ? true : undefined));
    await dana.fill({
      'How to notify people': 'Slack and e-mail',
      'Personal choice': ['People cannot choose another way'],
    });
    await dana.submit();
    expect(dana.modal()?.words).toContain('Saved. Everybody is notified this way.');
    await dana.closeModal({ all: true });
    expect((await open(ana)).words).toContain(
      'Your organization notifies everybody by: Slack and e-mail.',
    );
    expect(Object.keys(ana.modal()?.values ?? {})).not.toContain('How to notify me');
    await ana.closeModal({ all: true });
    await ask(ana, 'Audit');
    expect((await arrived(4)).at(-1)?.subject).toMatch(/^You asked for GitHub · Audit/);
    await card(ana, 'You asked for GitHub · Audit');
  }, 60_000);
});
