import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { keysOf } from '../../../src/collections.ts';
import { createRulePolicy } from '../../../src/governance/mining-rules/rule-policies.ts';
import {
  changePolicy,
  createPolicy,
  readPolicy,
} from '../../../src/governance/policies/policies.ts';
import { makeProfile } from '../../../src/governance/profiles/edit.ts';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import { saveRule } from '../../../src/governance/profiles/membership-rule.ts';
import { createRoleRule } from '../../../src/governance/role-rules/handwritten-rules.ts';
import { reconcileRoleRules } from '../../../src/governance/role-rules/reconcile.ts';
import { releaseHeldImport } from '../../../src/governance/sync/held-imports.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { applicationOwners, applications, grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { singleRoleRules } from '../../../src/store/schema/rules.ts';
import { heldImports } from '../../../src/store/schema/sync.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { applyLines } from '../../support/config-file.ts';
import { noon } from '../../support/small-company.ts';
import { sourceOf } from '../sync/sync-source.ts';
import { later, type Name, type Scene } from './path-scene.ts';

type Walk = (scene: Scene) => Promise<void>;

const onlyTaskOf = async ({ db, ids }: Scene, name: 'Ana' | 'Lee' | 'Eva') => {
  const found = await db.select().from(tasks).where(eq(tasks.personId, ids[name]));
  expect(found).toHaveLength(1);
  return found[0]!.id;
};
const engineering = { department: ['Engineering'] };

/** Dana creates a profile with GitHub · Admin, in which Ana has no manager to ask and GitHub no owner. */
async function profileOf(scene: Scene): Promise<number> {
  const { db, company, ids } = scene;
  await db.delete(applicationOwners).where(eq(applicationOwners.kind, 'owner'));
  await db.update(people).set({ managerId: null });
  const { id } = await makeProfile(await scene.as('Dana'), {
    name: 'Admins',
    description: '',
    entitlementIds: [company.admin],
    ownerIds: [ids.Dana],
    leaving: 'leave',
    maxMembershipDays: null,
  });
  return id;
}

/** Imports the company with one owner and provisioner of GitHub. @throws Refusal when the import is held. */
async function importOwner({ db, company }: Scene, owner: Name): Promise<void> {
  const address = (name: string) => `${name.toLowerCase()}@acme.example`;
  const reportsTo: Record<string, Name> = { Ana: 'Bo', Cy: 'Bo', Eva: 'Bo', Jo: 'Bo', Bo: 'Dana' };
  const names = (await db.select().from(people).where(eq(people.active, true))).map(
    ({ name }) => name,
  );
  const source = sourceOf({
    people: names.map((name) => ({
      ...{ name, email: address(name), department: 'Engineering' },
      ...(reportsTo[name] ? { managerRef: address(reportsTo[name]) } : {}),
    })),
    applications: [{ app: 'GitHub', owners: [address(owner)], provisioners: [address(owner)] }],
    entitlements: [{ app: 'GitHub', entitlement: 'Admin', risk: 'high' }],
    grants: [`${address('Cy')} GitHub Admin`],
  });
  await syncSource({ ...company.system, via: 'cli', operator: 'mika' }, source);
}

const ownersOf = async ({ db, company, ids }: Scene) => {
  const rows = await db
    .select()
    .from(applicationOwners)
    .where(eq(applicationOwners.applicationId, company.github));
  return rows.map(({ personId }) => keysOf(ids).find((name) => ids[name] === personId)).sort();
};

/** The walks through files, policies, profiles and role rules. */
export const sourceWalks: Record<string, Walk> = {
  'policy change': async (scene) => {
    const { db, company, ids } = scene;
    const dana = await scene.as('Dana', later);
    const approval = { approvers: 'manager', reassignable: true, options: {} } as const;
    const provision = { ...approval, kind: 'provision', approvers: 'provisioners' } as const;
    const steps = [{ ...approval, kind: 'approval' } as const, provision];
    const { id: policyId } = await createPolicy(dana, { name: 'Strict', kind: 'grant', steps });
    await db.update(applications).set({ policyId }).where(eq(applications.id, company.github));
    await db.update(people).set({ managerId: ids.Cy }).where(eq(people.id, ids.Bo));
    await db.update(people).set({ managerId: null }).where(eq(people.id, ids.Cy));
    await db.update(people).set({ managerId: ids.Bo }).where(eq(people.id, ids.Dana));
    const id = await scene.ask('Dana');
    const { version } = await readPolicy(dana, policyId);
    await changePolicy(dana, { id: policyId, version, name: 'Strict', steps: [provision] });
    expect(await scene.askedFor(id)).toEqual(['Bo']);
  },
  import: async (scene) => {
    // An edited export names Lee as sole owner and provisioner of something of high risk.
    await expect(importOwner(scene, 'Lee')).rejects.toThrow('Super Admin');
    expect(await scene.askedFor(await scene.ask('Jo'))).toEqual(['Bo']);
    const [hold] = await scene.db
      .select()
      .from(heldImports)
      .where(eq(heldImports.state, 'waiting'));
    await releaseHeldImport(await scene.as('Dana'), { holdId: hold!.id });
    await importOwner(scene, 'Lee');
    expect(await ownersOf(scene)).toEqual(['Lee', 'Lee']);
    const id = await scene.ask('Lee');
    expect(await scene.askedFor(id)).toEqual(['Dana', 'Eva']);
    await expect(scene.decide('Lee', id)).rejects.toThrow('You cannot approve your own request.');
  },
  'config file': async (scene) => {
    const open = await scene.ask('Ana');
    const text = 'applications:\n  - { name: GitHub, owners: [ana@acme.example] }';
    const ctx = { db: scene.db, actor: undefined, via: 'cli', now: later } as const;
    expect(await applyLines(ctx, text)).toHaveLength(1);
    expect(await scene.askedFor(open)).toEqual(['Bo']);
    await scene.db.update(people).set({ managerId: null }).where(eq(people.name, 'Jo'));
    expect(await scene.askedFor(await scene.ask('Jo'))).toEqual(['Ana']);
    await expect(scene.decide('Ana', open)).rejects.toThrow('You cannot approve your own request.');
  },
  'profile enrollment': async (scene) => {
    const profileId = await profileOf(scene);
    await addMembers(await scene.as('Dana'), {
      ...{ profileId, personIds: [scene.ids.Ana], wholeCohort: false, createRequests: true },
    });
    const id = await onlyTaskOf(scene, 'Ana');
    expect(await scene.askedFor(id)).toEqual(['Eva']);
    await expect(scene.decide('Dana', id)).rejects.toThrow(
      'You cannot approve a task that you opened',
    );
  },
  'profile rule': async (scene) => {
    const profileId = await profileOf(scene);
    const dana = await scene.as('Dana');
    await saveRule(dana, { profileId, version: 1, rule: engineering, excludedIds: [] });
    const id = await onlyTaskOf(scene, 'Ana');
    expect(await scene.askedFor(id)).toEqual(['Eva']);
    await expect(scene.decide('Dana', id)).rejects.toThrow(
      'You cannot approve a task that you opened',
    );
  },
  'role rule': async (scene) => {
    const { company } = scene;
    const dana = await scene.as('Dana');
    const { id: rulePolicyId } = await createRulePolicy(dana, { name: 'Own', graceDays: 7 });
    await createRoleRule(dana, {
      ...{ rulePolicyId, entitlementId: company.admin, ruleType: 'required', priority: 0 },
      criteria: [{ dimension: 'department', value: 'Engineering' }],
    });
    const id = await onlyTaskOf(scene, 'Lee');
    expect(await scene.askedFor(id)).toEqual(['Kim']);
    await expect(scene.decide('Lee', id)).rejects.toThrow('you cannot provision it alone');
  },
  'suggestion acceptance': async (scene) => {
    // Accepting a suggestion makes a profile: without members, it opens nothing and grants nothing.
    const before = await scene.db.select().from(grants);
    await profileOf(scene);
    expect(await scene.db.select().from(tasks)).toEqual([]);
    expect(await scene.db.select().from(grants)).toEqual(before);
  },
  'simulation apply': async (scene) => {
    const { db, company, ids } = scene;
    const dana = await scene.as('Dana');
    const { id: rulePolicyId } = await createRulePolicy(dana, { name: 'Mined', graceDays: 7 });
    await db.insert(singleRoleRules).values({
      ...{ rulePolicyId, origin: 'generated', entitlementId: company.admin, appliedAt: noon },
      ...{ ruleType: 'required', createdBy: ids.Dana },
      criteria: [{ dimension: 'department', value: 'Engineering' }],
    });
    await reconcileRoleRules(company.system);
    const id = await onlyTaskOf(scene, 'Lee');
    expect(await scene.askedFor(id)).toEqual(['Kim']);
    await expect(scene.decide('Lee', id)).rejects.toThrow('you cannot provision it alone');
  },
};
