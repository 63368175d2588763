import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

describe('managing policies in Slack', () => {
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
    await dana.command('/rolemine', 'policies');
    await titled('Policies');
  };
  const blockNamed = (start: string) =>
    String(dana.modal()?.blocks.find((one) => String(one.block_id).startsWith(start))?.block_id);

  it('the steps of a policy are edited one by one, and saved together', async () => {
    await openList();
    await dana.click({ text: 'New policy' });
    await titled('New policy');
    await dana.fill({ Name: 'Two of three' });
    await dana.click({ text: 'Add step' });
    await titled('Edit step');
    await dana.fill({ 'Approval by': 'named people' });
    await dana.waitFor(
      (who) => JSON.stringify(who.modal()?.blocks).includes('"block_id":"people"'),
      wait,
    );
    await dana.fill({ People: ['Kim', 'Lee'], 'Required approvals': '3' });
    expect((await dana.submit()).errors).toEqual({
      quorum: 'This step needs 3 to agree, but only 2 can.',
    });
    await dana.fill({ 'Required approvals': '2', Reassignment: 'Not allowed' });
    expect(await dana.submit()).toMatchObject({ ok: true });
    await says('*2.* Approval by Kim or Lee · 2 must agree · cannot be reassigned');
    await dana.click({ actionId: 'policy:step_move.1' });
    await says('*1.* Approval by Kim or Lee');
    await dana.click({ actionId: 'policy:step_delete.1' });
    await says('*2.* Provisioning by the provisioners');
    expect(await dana.submit()).toMatchObject({ ok: true });
    await says('*Two of three* is saved.');
  });

  it('a rule chooses it, a rule that can never match is refused, and the preview shows the choice', async () => {
    await openList();
    await dana.click({ text: 'Rules' });
    await titled('Rules');
    for (const requester of ['Anybody', 'The manager']) {
      await dana.click({ text: 'Add rule' });
      await titled('Add rule');
      await dana.fill({ Application: 'GitHub', Requester: requester, Policy: 'Two of three' });
      const { errors } = await dana.submit();
      if (requester === 'Anybody') await says('*1.* GitHub → *Two of three*');
      else expect(errors?.policy).toContain('Rule 2 can never match: rule 1 comes first');
    }
    await openList();
    await dana.click({ text: 'Preview' });
    await titled('Preview');
    await dana.fill({ Requester: 'Ana', Entitlement: 'GitHub · Audit' });
    expect(await dana.submit()).toMatchObject({ ok: true });
    expect(dana.modal()?.words).toContain(
      'Ana requests GitHub · Audit\n→ 2 of Kim or Lee (named people)\n→ provisioning by Kim or Lee',
    );
    expect(dana.modal()?.words).toContain(
      'Policy: *Two of three*, because rule 1 of requests chooses it.',
    );
    await dana.closeModal({ all: true });
    await ask(acme.as('ana'), 'Audit');
    await card(acme.as('kim'), 'Ana');
  });

  it('Approve asks for a reason if the policy requires one', async () => {
    await openList();
    await dana.click({ actionId: `policy:open.${await idOf('Two of three')}` });
    await titled('Policy');
    await dana.click({ actionId: 'policy:step_edit.0' });
    await titled('Edit step');
    await dana.fill({ Options: ['Require a reason to approve'] });
    expect(await dana.submit()).toMatchObject({ ok: true });
    await says('a reason is required');
    expect(await dana.submit()).toMatchObject({ ok: true });
    await says('is saved.');
    await dana.closeModal({ all: true });
    await ask(acme.as('ana'), 'Billing');
    const kim = acme.as('kim');
    const { ts } = await card(kim, 'Ana asks for GitHub · Billing');
    await kim.click({ text: 'Approve', messageTs: ts });
    await kim.waitFor((who) => who.modal()?.title === 'Approve', wait);
    await kim.fill({ reason: 'She does the invoices.' });
    expect(await kim.submit()).toMatchObject({ ok: true });
    await card(kim, 'You agreed');
  });

  it('an unused policy can be deleted, a used one cannot, and a built-in one can be copied', async () => {
    await openList();
    await dana.click({ actionId: `policy:open.${await idOf('Two of three')}` });
    await titled('Policy');
    await dana.click({ text: 'Delete policy' });
    await says('"Two of three" is in use: rule 1 of requests. Choose another policy there first.');
    await openList();
    await dana.click({ actionId: `policy:open.${await idOf('Three approvals')}` });
    await titled('Policy');
    expect(dana.modal()?.buttons).toEqual(['Copy', 'Make default']);
    await dana.click({ text: 'Copy' });
    await titled('New policy');
    expect(blockNamed('name.')).toBe('name.new.0');
    expect(await dana.submit()).toMatchObject({ ok: true });
    await says('*Copy of Three approvals* is saved.');
    await dana.click({ actionId: `policy:open.${await idOf('Copy of Three approvals')}` });
    await titled('Policy');
    await dana.click({ text: 'Delete policy' });
    await says('*Copy of Three approvals* is deleted.');
  });

  /** Reads the id from the button of the policy. */
  async function idOf(name: string): Promise<string> {
    const row = dana.modal()?.blocks.findLast((one) => JSON.stringify(one).includes(`*${name}*`));
    return /policy:open\.(\d+)/.exec(JSON.stringify(row))?.[1] ?? '';
  }

  it('the refusal for others names the role that may do it', async () => {
    const kim = acme.as('kim');
    await kim.command('/rolemine', 'policies');
    await kim.waitFor((who) => answerTo(who).includes('Only Super Admins can create and manage'));
  });
});
