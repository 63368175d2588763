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
    await modalWith(dana, '*Settings*');
  };

  it('one is created by hand, and a rule adds members after a preview', async () => {
    await list(dana, 'Create access profile');
    await dana.click({ text: 'Create access profile' });
    await modalWith(dana, 'Maximum membership (days)');
    await dana.fill({
      Name: 'Developers',
      Description: 'People who write code',
      Entitlements: ['GitHub · Merge', 'GitHub · Deploy'],
      Owners: ['Kim'],
    });
    expect(await dana.submit()).toMatchObject({ ok: true });
    const made = await modalWith(dana, 'Created without members.');
    expect(made.words).toContain('• Owners: Kim');

    await dana.click({ text: 'Rule', in: 'modal' });
    await modalWith(dana, 'People who match the rule are members');
    await dana.fill({ Rule: 'department=Enginering' });
    const { errors } = await dana.submit();
    expect(errors?.rule).toContain('Did you mean Engineering (4 people)?');
    await dana.fill({ Rule: 'department=Engineering', 'Excluded people': ['Bo'] });
    await dana.submit();
    const preview = await modalWith(dana, '3 people match: 3 would join, 0 would leave.');
    expect(preview.words).toContain('Rule: department Engineering');
    await dana.submit();
    const kept = await modalWith(dana, 'The rule is on: 3 joined, 0 left. 6 requests opened');
    expect(kept.words).toContain('• Ana — by the rule, since');
    expect(kept.words).toContain('department Engineering; excluded: Bo');
    expect(dana.modalDepth()).toBe(1);
    await dana.closeModal({ all: true });
  });

  it('entitlements and settings are edited in forms that return to the profile', async () => {
    await openProfile();
    await dana.click({ text: 'Entitlements', in: 'modal' });
    await modalWith(dana, 'Create requests for currently enrolled users');
    await dana.fill({
      'Add entitlements': ['GitHub · Triage'],
      Requests: ['yes'],
      'Remove entitlements': ['GitHub · Deploy'],
    });
    await dana.submit();
    await modalWith(
      dana,
      '1 entitlement added. 3 requests opened; approvers are notified. 1 entitlement removed. No revocations were opened. 3 open requests of the profile closed.',
    );
    await dana.select({ actionId: 'profile:more', to: 'Edit', in: 'modal' });
    await modalWith(dana, 'Maximum membership (days)');
    await dana.fill({ Name: 'Coders', 'Maximum membership (days)': '90' });
    await dana.submit();
    const saved = await modalWith(dana, 'Saved.');
    expect(saved.words).toContain('Maximum membership: 90 days');
    expect(dana.modalDepth()).toBe(1);
    await dana.closeModal({ all: true });
  });

  it('anybody may request one; only profile admins get the button to open it', async () => {
    const ida = acme.as('ida');
    const message = await list(ida, 'Request');
    expect(message.buttons).not.toContain('Open');
    await ida.click({ text: 'Request', messageTs: message.ts });
    await modalWith(ida, 'GitHub · Triage');
    await ida.fill({ Reason: 'I help out' });
    await ida.submit();
    await modalWith(ida, 'sent');
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

  it('an owner may change only the members; an archived profile is no longer listed', async () => {
    const kim = acme.as('kim');
    const message = await list(kim, 'Open');
    await kim.click({ text: 'Open', messageTs: message.ts });
    const own = await modalWith(kim, '*Settings*');
    expect(own.buttons).toEqual(['Add members', 'Remove members']);
    await kim.closeModal({ all: true });

    await openProfile();
    await dana.select({ actionId: 'profile:more', to: 'Archive', in: 'modal' });
    await modalWith(dana, '3 members leave');
    await dana.select({ field: 'Their access', to: 'leave' });
    await dana.submit();
    const archived = await modalWith(dana, 'Archived. 3 people removed.');
    expect(archived.buttons).toEqual([]);
    await dana.closeModal({ all: true });
    await kim.command('/rolemine', 'profiles');
    await kim.waitFor((one) => answerTo(one).includes('There are no access profiles'), wait);
  });

  it('Slack refused no call', () => {
    const refused = acme.slack.calls.filter((call) => call.answer.ok === false);
    const expected = refused.filter((call) => call.method !== 'users.lookupByEmail');
    expect(expected.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
  });
});
