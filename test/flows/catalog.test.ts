import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, startAcme } from '../support/acme.ts';

describe('managing applications and entitlements in Slack', () => {
  let acme: Acme;
  let dana: SandboxActor;
  const wait = 15_000;

  beforeAll(async () => {
    acme = await startAcme();
    dana = acme.as('dana');
  }, 60_000);
  afterAll(() => acme.close());

  const openList = async () => {
    await dana.closeModal({ all: true });
    await dana.command('/rolemine', 'applications');
    await dana.waitFor((who) => who.modal()?.title === 'Applications', wait);
  };
  const titled = (title: string) => dana.waitFor((who) => who.modal()?.title === title, wait);

  it('a Super Admin edits an application, and the list shows the result', async () => {
    await openList();
    expect(dana.modal()?.words).toContain('Owned by Kim, Lee');
    await dana.click({ text: 'Edit' });
    await titled('Edit application');
    await dana.fill({
      Provisioners: ['Bo'],
      Instructions: 'Invite them.',
      'Request policy': 'Two approvals',
    });
    expect(await dana.submit()).toMatchObject({ ok: true });
    await dana.waitFor((who) => who.modal()?.words.includes('*GitHub* is saved.'), wait);
    await dana.select({ actionId: 'app:search', to: 'GitHub' });
    await titled('Edit application');
    const form = JSON.stringify(dana.modal()?.blocks);
    for (const words of ['Invite them.', 'Two approvals', 'Bo']) expect(form).toContain(words);
  });

  it('a Super Admin finds and edits an entitlement; an invalid value is refused beside its field', async () => {
    await openList();
    await dana.click({ text: 'Edit' });
    await titled('Edit application');
    await dana.click({ text: 'Entitlements' });
    await titled('Entitlements');
    await dana.select({ actionId: 'right:search', to: 'Audit' });
    await titled('Edit entitlement');
    await dana.fill({
      Risk: 'High',
      Category: 'Code',
      Owners: ['Lee'],
      'Maximum duration (days)': 'a week',
      'Request options': ['requestable', 'unmined'],
    });
    expect((await dana.submit()).errors).toMatchObject({
      [dana.modal()?.blocks.find((one) => String(one.block_id).startsWith('maxGrantDays'))
        ?.block_id as string]:
        'Write the longest grant as a whole number of days, 1 to 3650, or nothing.',
    });
    await dana.fill({ 'Maximum duration (days)': '7' });
    expect(await dana.submit()).toMatchObject({ ok: true });
    await titled('Entitlements');
    expect(dana.modal()?.words).toContain('*GitHub · Audit* is saved.');
    expect(dana.modal()?.words).toContain('high risk · Code · not for mining');
  });

  it('the refusal for others names the role that may do it', async () => {
    const kim = acme.as('kim');
    await kim.command('/rolemine', 'applications');
    await kim.waitFor((who) => answerTo(who).includes('Only Super Admins can manage applications'));
    expect(kim.modal()).toBeUndefined();
  });
});
