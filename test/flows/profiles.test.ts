import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, card, startAcme } from '../support/acme.ts';

describe('access profiles in Slack', () => {
  let acme: Acme;
  let dana: SandboxActor;
  let ana: SandboxActor;
  const wait = 15_000;

  beforeAll(async () => {
    acme = await startAcme();
    dana = acme.as('dana');
    ana = acme.as('ana');
  }, 60_000);
  afterAll(() => acme.close());

  const modalWith = (who: SandboxActor, words: string) =>
    who.waitFor((one) => (one.modal()?.words.includes(words) ? one.modal() : undefined), wait);
  const list = async (who: SandboxActor, button: string) => {
    await who.command('/rolemine', 'profiles');
    return who.waitFor((one) => {
      const last = one.messages().at(-1);
      return last?.buttons.includes(button) ? last : undefined;
    }, wait);
  };
  const openProfile = async () => {
    const message = await list(dana, 'Open');
    await dana.click({ text: 'Open', messageTs: message.ts });
    await modalWith(dana, 'How it is kept');
  };

  it('one is made by hand, and a rule brings its members after it was shown what it would do', async () => {
    await list(dana, 'Create access profile');
    await dana.click({ text: 'Create access profile' });
    await modalWith(dana, 'Longest membership in days');
    await dana.fill({
      Name: 'Developers',
      Description: 'Who writes code',
      Entitlements: ['GitHub · Merge', 'GitHub · Deploy'],
      Owners: ['Kim'],
    });
    expect(await dana.submit()).toMatchObject({ ok: true });
    const made = await modalWith(dana, 'Created, with nobody enrolled.');
    expect(made.words).toContain('• Owners: Kim');

    await dana.click({ text: 'Rule', in: 'modal' });
    await modalWith(dana, 'Who matches the rule is a member');
    await dana.fill({ Who: 'department=Enginering' });
    const { errors } = await dana.submit();
    expect(errors?.rule).toContain('Did you mean Engineering (4 people)?');
    await dana.fill({ Who: 'department=Engineering', 'But not': ['Bo'] });
    await dana.submit();
    const preview = await modalWith(dana, '3 people match: 3 would join, 0 would leave.');
    expect(preview.words).toContain('Rule: department Engineering');
    await dana.submit();
    const kept = await modalWith(dana, 'The rule is on: 3 joined, 0 left. 6 requests opened');
    expect(kept.words).toContain('• Ana — by the rule, since');
    expect(kept.words).toContain('department Engineering; without Bo');
    expect(dana.modalDepth()).toBe(1);
    await dana.closeModal({ all: true });
  });

  it('entitlements go in and out, and what is said of it is edited, each in a window that comes back', async () => {
    await openProfile();
    await dana.click({ text: 'Entitlements', in: 'modal' });
    await modalWith(dana, 'Create requests for currently enrolled users');
    await dana.fill({
      'Put in': ['GitHub · Triage'],
      Requests: ['yes'],
      'Take out': ['GitHub · Deploy'],
    });
    await dana.submit();
    await modalWith(
      dana,
      '1 entitlement put in. 3 requests opened; their approvers are told now. 1 entitlement taken out. No revocation was opened. 3 open requests of the profile closed.',
    );
    await dana.select({ actionId: 'profile:more', to: 'Edit', in: 'modal' });
    await modalWith(dana, 'Longest membership in days');
    await dana.fill({ Name: 'Coders', 'Longest membership in days': '90' });
    await dana.submit();
    const saved = await modalWith(dana, 'Saved.');
    expect(saved.words).toContain('Longest membership: 90 days');
    expect(dana.modalDepth()).toBe(1);
    await dana.closeModal({ all: true });
  });

  it('anybody may ask for all of one; who may not look into it gets no button to open it', async () => {
    const ida = acme.as('ida');
    const message = await list(ida, 'Request');
    expect(message.buttons).not.toContain('Open');
    await ida.click({ text: 'Request', messageTs: message.ts });
    await modalWith(ida, 'GitHub · Triage');
    await ida.fill({ Reason: 'I help out' });
    await ida.submit();
    await modalWith(ida, 'is on its way');
    await ida.closeModal({ all: true });
    expect((await card(acme.as('hal'), 'Ida asks for GitHub · Triage')).words).toContain(
      'I help out',
    );
    await list(ana, 'Request');
    await ana.click({ text: 'Request', messageTs: ana.messages().at(-1)?.ts ?? '' });
    await modalWith(ana, 'GitHub · Triage');
    await ana.fill({ Reason: 'x' });
    const { errors } = await ana.submit();
    expect(errors?.reason).toBe('You are already a member of "Coders".');
    await ana.closeModal({ all: true });
  });

  it('an owner sees the members, and nothing else to change; what is archived is in no list any more', async () => {
    const kim = acme.as('kim');
    const message = await list(kim, 'Open');
    await kim.click({ text: 'Open', messageTs: message.ts });
    const own = await modalWith(kim, 'How it is kept');
    expect(own.buttons).toEqual(['Add members', 'Remove members']);
    await kim.closeModal({ all: true });

    await openProfile();
    await dana.select({ actionId: 'profile:more', to: 'Archive', in: 'modal' });
    await modalWith(dana, '3 members leave it');
    await dana.select({ field: 'Their access', to: 'leave' });
    await dana.submit();
    const archived = await modalWith(dana, 'Archived. 3 people removed.');
    expect(archived.buttons).toEqual([]);
    await dana.closeModal({ all: true });
    await kim.command('/rolemine', 'profiles');
    await kim.waitFor((one) => answerTo(one).includes('There is no access profile'), wait);
  });

  it('nothing was refused by Slack on the way', () => {
    const refused = acme.slack.calls.filter((call) => call.answer.ok === false);
    const expected = refused.filter((call) => call.method !== 'users.lookupByEmail');
    expect(expected.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
  });
});
