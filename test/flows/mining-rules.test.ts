import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, card, startAcme } from '../support/acme.ts';

describe('mining rules in Slack', () => {
  let acme: Acme;
  let dana: SandboxActor;
  const wait = 15_000;

  beforeAll(async () => {
    acme = await startAcme();
    dana = acme.as('dana');
  }, 60_000);
  afterAll(() => acme.close());

  const titled = (title: string) => dana.waitFor((who) => who.modal()?.title === title, wait);
  const says = (words: string) => dana.waitFor((who) => who.modal()?.words.includes(words), wait);
  const openList = async () => {
    await dana.closeModal({ all: true });
    await dana.command('/rolemine', 'rules');
    await titled('Mining rules');
  };
  const submit = async () => expect(await dana.submit()).toMatchObject({ ok: true });
  /** On a busy machine the form shows "Done." before it closes. */
  const submitAndRead = async (words: string) => {
    await submit();
    const isDone = () => dana.modal()?.words === 'Done.';
    await dana.waitFor((who) => isDone() || who.modal()?.words.includes(words), wait);
    if (isDone()) await dana.closeModal();
    await says(words);
  };

  it('an empty list explains mining rules, and the first one creates its policy', async () => {
    await openList();
    expect(dana.modal()?.words).toContain('Mining rules turn existing grants into rules');
    await dana.click({ text: 'Add mining rule' });
    await titled('Add mining rule');
    await dana.fill({ Category: 'IT' });
    expect((await dana.submit()).errors).toEqual({
      category:
        'There is no category "IT". No entitlement has a category yet; set categories with `/rolemine applications`.',
    });
    // The form keeps typed values, so only the wrong one is corrected.
    await dana.fill({ Category: '', Name: 'Strict' });
    await submitAndRead('*Strict* is saved; its rules go to *Mining*.');
    expect(dana.modal()?.title).toBe('Rule policy');
    expect(dana.modal()?.words).toContain(
      '*1.* *Strict*\nRequired: precision at least 99.5 %, at most 1 % false positives · priority 0',
    );
    await dana.closeModal();
    await says('1 mining rule · no rules in force · grace period 14 days');
  });

  it('a second one is added, edited, switched off and deleted, in run order', async () => {
    await dana.click({ text: 'Open' });
    await titled('Rule policy');
    await dana.click({ text: 'Add mining rule' });
    await titled('Add mining rule');
    await dana.fill({
      'Rule type': 'Suggested: shown in the request form',
      'Minimum precision (%)': '0.97',
      'Entitlements that need': ['Two approvals', 'Three approvals'],
      Priority: '10',
    });
    await submitAndRead('if you meant a share, write 97.');
    expect(dana.modal()?.words).toContain(
      '*1.* Suggested: precision at least 0.97 %, at most 1 % false positives · entitlements with 2 or 3 approvals · priority 10',
    );
    await dana.click({ text: 'Edit' });
    await titled('Edit mining rule');
    await dana.fill({ 'Maximum false positives (%)': '101' });
    expect((await dana.submit()).errors).toEqual({
      falsePositiveMaxPercent: 'The share of false positives: write a percentage from 0 to 100.',
    });
    await dana.fill({
      'Maximum false positives (%)': '20',
      'Minimum precision (%)': '80',
      Name: 'Loose',
    });
    await submitAndRead('Suggested: precision at least 80 %, at most 20 % false positives');
    await dana.click({ text: 'Switch off' });
    await says('*1.* *Loose* (switched off)');
    await dana.click({ text: 'Delete' });
    await says('*Loose* is deleted.');
    expect(dana.modal()?.words).toContain('*1.* *Strict*');
  });

  it('a rule policy is edited, but not deleted while a mining rule uses it', async () => {
    await dana.click({ text: 'Edit policy' });
    await titled('Edit rule policy');
    await dana.fill({ Name: 'Mined', 'Grace period (days)': '0' });
    await submitAndRead('*Mined* is saved.');
    await dana.click({ text: 'Delete policy' });
    await says('"Mined" cannot be deleted: 1 mining rule uses it');
    await openList();
    await dana.click({ text: 'New rule policy' });
    await titled('New rule policy');
    await dana.fill({ Name: 'mined' });
    expect((await dana.submit()).errors?.name).toContain('A rule policy is already named "Mined"');
    await dana.fill({ Name: 'By hand' });
    await submitAndRead('Created *By hand*.');
  });

  it('a rule is written by hand after a preview, and ended', async () => {
    await dana.click({ text: 'Rules in force (0)' });
    await titled('Rules in force');
    await dana.click({ text: 'Write a rule' });
    await titled('Write a rule');
    await dana.fill({ Condition: 'department=Enginering', Entitlement: 'GitHub · Read' });
    expect((await dana.submit()).errors?.rule).toContain('Did you mean Engineering (4 people)?');
    await dana.fill({
      Condition: 'department=engineering job_title=Engineer',
    });
    await submitAndRead('department = Engineering and title = Engineer');
    expect(dana.modal()?.words).toContain(
      '3 people match; 1 holds it already.*\n2 people would get it without a request',
    );
    await submitAndRead('The rule for *GitHub · Read* is in force');
    await says('2 tasks opened; provisioners are notified.');
    await card(acme.as('kim'), 'GitHub · Read');
    await dana.click({ text: 'Turn manual grants into rule grants' });
    await titled('Manual grants');
    expect(dana.modal()?.words).toContain('*1 manual grant* is covered by required rules');
    await submitAndRead('1 manual grant is a rule grant from now on.');
    await says('Required · written by hand · granted to 1 person');
    await dana.click({ text: 'End' });
    await says('The rule for *GitHub · Read* has ended. 1 person loses it in 14 days.');
    await dana.click({ text: 'Mining rules' });
    await titled('Rule policy');
    await dana.click({ text: 'Delete policy' });
    await says('1 grant is in the grace period of one of its rules');
  });

  it('the command as a message gets a button, and the refusal for others names the role', async () => {
    await dana.closeModal({ all: true });
    await dana.dm('rules');
    await dana.waitFor((who) => who.messages().at(-1)?.words.includes('Manage mining rules'), wait);
    await dana.click({ text: 'Mining rules' });
    await titled('Mining rules');
    const kim = acme.as('kim');
    await kim.command('/rolemine', 'rules');
    await kim.waitFor((who) => answerTo(who).includes('Only Super Admins can run role mining.'));
  });
});
