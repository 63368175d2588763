import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeApplication,
  readApplication,
} from '../../../src/governance/catalog/applications.ts';
import {
  changePolicy,
  createPolicy,
  deletePolicy,
  listPolicies,
  readPolicy,
  setDefaultPolicy,
} from '../../../src/governance/policies/policies.ts';
import { changeRules, readRules } from '../../../src/governance/policies/policy-rules.ts';
import type { StepEdit } from '../../../src/governance/policies/steps.ts';
import { applications, entitlements } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { userGroups } from '../../../src/store/schema/people.ts';
import { policies } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const step = (
  approvers: StepEdit['approvers'],
  options: StepEdit['options'] = {},
  kind: StepEdit['kind'] = 'approval',
): StepEdit => ({ kind, approvers, options, reassignable: true });
const last = step('provisioners', {}, 'provision');

describe.each(databases())('policies on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let github: number;

  beforeEach(async () => {
    github = (await db.select().from(applications))[0]!.id;
  });

  const dana = () => company.as('Dana');
  let made = 0;
  /** A policy of requests of its own: the manager, then provisioning. */
  const make = async (steps = [step('manager'), last]) =>
    createPolicy(await dana(), { name: `Own ${++made}`, kind: 'grant', steps });
  const builtIn = async (name: string, kind = 'grant') =>
    (await listPolicies(await dana())).find((one) => one.name === name && one.kind === kind)!;

  it('a policy says every option of its steps in words, and keeps only what means something', async () => {
    const { Kim, Lee } = company.ids;
    const { id } = await make([
      step('people', { people: [Kim, Lee], quorum: 2, reasonToApprove: true, remindAfterHours: 8 }),
      { ...step('manager', { allowSelfApproval: true, decideByEmail: true }), reassignable: false },
      step(
        'provisioners',
        { approverMayProvision: false, quorum: 3, decideByEmail: false },
        'provision',
      ),
    ]);
    const policy = await readPolicy(await dana(), id);
    expect(policy.words).toEqual([
      'Approval by Kim or Lee · 2 must agree · a reason is required · reminder after 8 hours',
      'Approval by the manager · self-approval allowed · cannot be reassigned · by e-mail even at high risk',
      'Provisioning by the provisioners · no earlier approver · not by e-mail',
    ]);
    expect(policy.steps[2]?.options).toEqual({ approverMayProvision: false, decideByEmail: false });
  });

  it('it is changed as a whole; the second of two editors is told what changed', async () => {
    const { id } = await make();
    const form = await readPolicy(await dana(), id);
    const twice = [step('manager'), step('application_owners'), last];
    await changePolicy(await dana(), { ...form, steps: twice });
    expect(await readPolicy(await dana(), id)).toMatchObject({ version: 2, steps: twice });
    await expect(changePolicy(await dana(), { ...form, name: 'Mine' })).rejects.toThrow(
      `Dana changed "${form.name}" in the meantime (the steps).`,
    );
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'policy.change'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({ subject: `policy:${id}`, after: { steps: twice } });
  });

  it.each<[string, (ids: SmallCompany['ids']) => StepEdit[], string]>([
    ['no step', () => [], 'A policy needs at least a provisioning step.'],
    ['nobody to carry it out', () => [step('manager')], 'must end with its only provisioning step'],
    [
      'an approval after it was carried out',
      () => [last, step('manager')],
      'must end with its only provisioning step',
    ],
    [
      'a step of the other kind',
      () => [step('manager', {}, 'revocation'), last],
      'A policy of requests cannot have a revocation approval step.',
    ],
    [
      'people who have all left',
      ({ Gone }) => [step('people', { people: [Gone] }), last],
      'Step 1 has no approvers: Gone can no longer act.',
    ],
    [
      'people without a name',
      () => [step('people'), last],
      'Step 1 asks named people. Choose them.',
    ],
    [
      'a user group that is not there',
      () => [step('user_group', { userGroup: 'S1' }), last],
      'Step 1 asks a Slack user group that is not known here.',
    ],
    [
      'a user group of people who left',
      () => [step('user_group', { userGroup: 'S0' }), last],
      'Step 1 has no approvers: @old has no active members.',
    ],
    [
      'more to agree than there are',
      ({ Kim }) => [step('people', { people: [Kim], quorum: 2 }), last],
      'Step 1 needs 2 to agree, but only 1 can.',
    ],
    [
      'more than one manager to agree',
      () => [step('manager', { quorum: 2 }), last],
      'Step 1 needs 2 to agree, but only 1 can.',
    ],
    [
      'an escalation before the reminder',
      () => [step('manager', { escalateAfterHours: 2 }), last],
      'Step 1 escalates before its reminder, which comes after 24 hours.',
    ],
    [
      'half an hour',
      () => [step('manager', { remindAfterHours: 0.5 }), last],
      'Step 1: the reminder must be a whole number of hours from 1 to 2160.',
    ],
  ])('%s is refused in one sentence', async (_, steps, sentence) => {
    const group = { id: 'S0', handle: 'old', name: 'Old', memberIds: [company.ids.Gone] };
    await db.insert(userGroups).values({ ...group, readAt: noon });
    await expect(make(steps(company.ids))).rejects.toThrow(sentence);
  });

  it('a name is needed, and taken by one policy of a kind only', async () => {
    const steps = [last];
    const taken = { name: ' two  APPROVALS', kind: 'grant', steps } as const;
    await expect(createPolicy(await dana(), taken)).rejects.toThrow(
      'A policy of requests already has the name "Two approvals". Choose another name.',
    );
    await expect(createPolicy(await dana(), { ...taken, name: ' ' })).rejects.toThrow(
      'Give the policy a name.',
    );
  });

  it('one that is in use, the default or built in is not deleted, and the sentence says why', async () => {
    const { id, name } = await make();
    const condition = { risk: 'high' } as const;
    const { shown } = await readRules(await dana(), 'grant');
    const one = { condition, policyId: id };
    await changeRules(await dana(), { kind: 'grant', rules: [one], shown });
    await db.update(applications).set({ policyId: id });
    await db.update(entitlements).set({ emergencyPolicyId: id });
    const gone = { id, version: 1 };
    await expect(deletePolicy(await dana(), gone)).rejects.toThrow(
      `"${name}" is in use: rule 1 of requests, GitHub, GitHub · Admin and 1 more. Choose another policy there first.`,
    );
    await db.update(applications).set({ policyId: null });
    await db.update(entitlements).set({ emergencyPolicyId: null });
    const list = await readRules(await dana(), 'grant');
    await changeRules(await dana(), { kind: 'grant', rules: [], shown: list.shown });
    await setDefaultPolicy(await dana(), id);
    await expect(deletePolicy(await dana(), gone)).rejects.toThrow(
      `"${name}" is the default of requests. Make another policy the default first.`,
    );
    const first = await builtIn('One approval');
    await setDefaultPolicy(await dana(), first.id);
    expect((await builtIn('One approval', 'revoke')).isDefault).toBe(true);
    await deletePolicy(await dana(), gone);
    await expect(readPolicy(await dana(), id)).rejects.toThrow('no longer here');
    await expect(deletePolicy(await dana(), first)).rejects.toThrow(
      '"One approval" is built in and cannot be deleted.',
    );
    await expect(changePolicy(await dana(), first)).rejects.toThrow('Copy it and change the copy');
  });

  it('of one who deletes a policy and one who chooses it, only one succeeds', commits, async () => {
    const { id } = await make();
    const form = await readApplication(await dana(), github);
    const owners = { owners: undefined, provisioners: undefined };
    const both = await Promise.allSettled([
      deletePolicy(await dana(), { id, version: 1 }),
      changeApplication(await dana(), { ...form, ...owners, policyId: id }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rows = await db.select().from(policies).where(eq(policies.id, id));
    const [app] = await db.select().from(applications);
    expect(rows.length).toBe(app?.policyId === id ? 1 : 0);
  });

  it('nobody but a Super Admin sees or changes policies', async () => {
    const kim = await company.as('Kim');
    const sentence = 'Only Super Admins can create and manage policies. Dana can.';
    const one = { id: 1, version: 1, name: 'x', steps: [last] };
    const all = [
      () => listPolicies(kim),
      () => readPolicy(kim, 1),
      () => createPolicy(kim, { ...one, kind: 'grant' }),
      () => changePolicy(kim, one),
      () => deletePolicy(kim, one),
      () => setDefaultPolicy(kim, 1),
      () => readRules(kim, 'grant'),
      () => changeRules(kim, { kind: 'grant', rules: [], shown: '' }),
    ];
    for (const verb of all) await expect(verb()).rejects.toThrow(sentence);
  });

  describe('rules', () => {
    const save = async (kind: 'grant' | 'revoke', conditions: object[], policy?: number) => {
      const { shown } = await readRules(await dana(), kind);
      const policyId = policy ?? (await builtIn('Two approvals', kind)).id;
      const rules = conditions.map((condition) => ({ condition, policyId }));
      await changeRules(await dana(), { kind, rules, shown });
    };

    it('are kept in order and said in words; the second of two editors is told what they are now', async () => {
      const { shown } = await readRules(await dana(), 'grant');
      await db.update(entitlements).set({ category: 'Code' });
      await save('grant', [
        { applicationId: github, risk: 'high', category: 'code' },
        { risk: 'high', requesterIsManager: true },
        { emergency: true },
      ]);
      const list = await readRules(await dana(), 'grant');
      expect(list.rules.map(({ when, policy }) => `${when} → ${policy}`)).toEqual([
        'high risk, GitHub, category code → Two approvals',
        'high risk, requested by the manager → Two approvals',
        'emergency → Two approvals',
      ]);
      const late = { kind: 'grant' as const, rules: [], shown };
      await expect(changeRules(await dana(), late)).rejects.toThrow(
        'Somebody changed the rules of requests in the meantime (now: 1. high risk, GitHub',
      );
    });

    it.each<[string, 'grant' | 'revoke', object[], string]>([
      [
        'a rule behind one that takes all it would',
        'grant',
        [{ risk: 'high' }, { risk: 'high', requesterIsManager: true }],
        'Rule 2 can never match: rule 1 comes first and matches all of its tasks. Put the narrower rule first.',
      ],
      [
        'the same rule twice',
        'grant',
        [{ risk: 'low' }, { risk: 'low' }],
        'Rule 2 can never match',
      ],
      [
        'a category nobody has',
        'grant',
        [{ category: 'Moon' }],
        'Rule 1 can never match: no entitlement has the category "Moon".',
      ],
      [
        'an application that is not here',
        'grant',
        [{ applicationId: 9_999 }],
        'Rule 1 can never match: its application does not exist.',
      ],
      [
        'no condition',
        'grant',
        [{}],
        'Rule 1 has no condition, so it would match everything. Make its policy the default instead.',
      ],
      [
        'an emergency revocation',
        'revoke',
        [{ emergency: true }],
        'Rule 1 can never match: no revocation is an emergency.',
      ],
    ])('%s is refused', async (_, kind, conditions, sentence) => {
      await expect(save(kind, conditions)).rejects.toThrow(sentence);
    });

    it('an emergency rule does not stand in the way of another, and a narrow one may come first', async () => {
      await save('grant', [
        { risk: 'high', emergency: true },
        { risk: 'high', requesterIsManager: false },
        { risk: 'high' },
        { requesterIsManager: false },
      ]);
      expect((await readRules(await dana(), 'grant')).rules).toHaveLength(4);
      const other = await builtIn('Two approvals', 'revoke');
      await expect(save('grant', [{ risk: 'low' }], other.id)).rejects.toThrow(
        'Rule 1 must choose a policy of requests.',
      );
    });
  });
});
