import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import {
  changeApplication,
  readApplication,
} from '../../../src/governance/catalog/applications.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { setDelegate } from '../../../src/governance/delegations/delegations.ts';
import { createTaskLink } from '../../../src/governance/email-links/action-links.ts';
import { readTaskPage } from '../../../src/governance/email-links/task-page.ts';
import { changeRoles } from '../../../src/governance/people/role-assignments.ts';
import { claimSetup } from '../../../src/governance/people/slack-accounts.ts';
import { saveUserGroups } from '../../../src/governance/people/slack-user-groups.ts';
import {
  confirmActive,
  confirmGroupMembers,
} from '../../../src/governance/people/standing-concerns.ts';
import { moveStepsOn } from '../../../src/governance/tasks/move-on.ts';
import { applicationOwners } from '../../../src/store/schema/access.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { policySteps } from '../../../src/store/schema/tasks.ts';
import { later, type Name, type Scene } from './path-scene.ts';

type Walk = (scene: Scene) => Promise<void>;

const hand = async (scene: Scene, by: Name, from: Name, to: Name) =>
  setDelegate(await scene.as(by), { personId: scene.ids[from], delegateId: scene.ids[to] });
const forgetManager = ({ db, ids }: Scene, name: Name) =>
  db.update(people).set({ managerId: null }).where(eq(people.id, ids[name]));
const group = (userIds: string[]) => [{ id: 'S1', handle: 'security', name: 'Security', userIds }];

/** The walks through delegations, owners, managers, roles and Slack accounts. */
export const peopleWalks: Record<string, Walk> = {
  'delegation to oneself': async (scene) => {
    await hand(scene, 'Bo', 'Bo', 'Ana');
    expect(await scene.askedFor(await scene.ask('Ana'))).toEqual(['Bo']);
  },
  'chain of delegations': async (scene) => {
    await hand(scene, 'Bo', 'Bo', 'Cy');
    await hand(scene, 'Cy', 'Cy', 'Ana');
    expect(await scene.askedFor(await scene.ask('Ana'))).toEqual(['Cy']);
  },
  'delegate named by the requester': async (scene) => {
    await hand(scene, 'Eva', 'Bo', 'Jo');
    expect(await scene.askedFor(await scene.ask('Eva'))).toEqual(['Bo']);
    expect(await scene.askedFor(await scene.ask('Ana'))).toEqual(['Jo']);
  },
  'fallback to oneself': async (scene) => {
    await scene.db.delete(applicationOwners);
    await forgetManager(scene, 'Eva');
    expect(await scene.askedFor(await scene.ask('Eva'))).toEqual(['Dana']);
  },
  'owner change': async (scene) => {
    await forgetManager(scene, 'Eva');
    const id = await scene.ask('Eva');
    expect(await scene.askedFor(id)).toEqual(['Kim']);
    const eva = await scene.as('Eva', later);
    const form = await readApplication(eva, scene.company.github);
    const edit = { ...form, owners: [scene.ids.Jo], provisioners: [scene.ids.Lee] };
    await changeApplication(eva, edit);
    await expect(scene.decide('Kim', id)).rejects.toThrow('You are no longer an owner of GitHub');
    await moveStepsOn(scene.company.system);
    expect(await scene.askedFor(id)).toEqual(['Dana']);
    await expect(scene.decide('Jo', id)).rejects.toThrow('This is for Dana to decide.');
  },
  'manager change': async (scene) => {
    const { db, ids, company } = scene;
    const id = await scene.ask('Ana');
    await db.update(people).set({ managerId: ids.Cy }).where(eq(people.id, ids.Ana));
    await expect(scene.decide('Bo', id)).rejects.toThrow("You are no longer Ana's manager");
    await moveStepsOn(company.system);
    expect(await scene.askedFor(id)).toEqual(['Cy']);
    await db.update(people).set({ managerId: ids.Jo }).where(eq(people.id, ids.Jo));
    expect(await scene.askedFor(await scene.ask('Jo'))).toEqual(['Kim']);
  },
  'user group': async (scene) => {
    const { db, ids, company } = scene;
    const account = (personId: number, userId: string) =>
      ({ personId, teamId: 'T1', userId, state: 'linked' }) as const;
    await db
      .insert(slackIdentities)
      .values([account(ids.Cy, 'U1'), account(ids.Jo, 'U2'), account(ids.Eva, 'U3')]);
    await saveUserGroups(company.system, group(['U1']));
    await db
      .update(policySteps)
      .set({ approvers: 'user_group', options: { userGroup: 'S1' } })
      .where(eq(policySteps.kind, 'approval'));
    await saveUserGroups({ ...company.system, now: later }, group(['U1', 'U2', 'U3']));
    const confirm = async (by: Name) =>
      confirmGroupMembers(await scene.as(by, later), { groupId: 'S1' });
    expect(await scene.askedFor(await scene.ask('Ana'))).toEqual(['Cy']);
    await expect(confirm('Eva')).rejects.toThrow('You joined this group lately');
    await confirm('Dana');
    expect(await scene.askedFor(await scene.ask('Bo'))).toEqual(['Cy', 'Eva', 'Jo']);
  },
  'unknown Slack account': async (scene) => {
    const { db, ids } = scene;
    await db.update(people).set({ connector: 'contact' }).where(eq(people.id, ids.Jo));
    const id = await scene.ask('Ana');
    await expect(scene.reassign('Bo', id, 'Jo')).rejects.toThrow('Jo is in no source of people.');
    await expect(hand(scene, 'Bo', 'Bo', 'Jo')).rejects.toThrow('Jo is in no source of people');
    await db.update(people).set({ managerId: ids.Jo }).where(eq(people.id, ids.Cy));
    await db.update(people).set({ managerId: ids.Jo }).where(eq(people.id, ids.Lee));
    expect(await scene.askedFor(await scene.ask('Lee'))).toEqual(['Kim']);
  },
  'deactivated Slack account': async (scene) => {
    const { db, ids, company } = scene;
    const id = await scene.ask('Ana');
    const { stepId } = await scene.refOf(id);
    const token = await createTaskLink(company.system, { personId: ids.Bo, taskId: id, stepId });
    await db.insert(slackIdentities).values({ personId: ids.Bo, state: 'deactivated' });
    await expect(readTaskPage(company.system, token)).rejects.toThrow('is deactivated in Slack');
    await expect(scene.decide('Bo', id)).rejects.toThrow('Your Slack account is deactivated');
    await confirmActive(await scene.as('Dana'), { personId: ids.Bo });
    expect((await readTaskPage(company.system, token)).person.name).toBe('Bo');
    await db.update(slackIdentities).set({ activeConfirmedAt: null });
    await moveStepsOn(company.system);
    expect(await scene.askedFor(id)).toEqual(['Kim']);
  },
  setup: async (scene) => {
    const jo = await scene.as('Jo');
    await expect(claimSetup(jo, undefined, true)).rejects.toThrow('Rolemine is already set up.');
  },
  'role grant to oneself': async (scene) => {
    const jo = await scene.as('Jo');
    const roles = ['super_admin'];
    await expect(changeRoles(jo, { personId: scene.ids.Jo, roles })).rejects.toThrow('Only Super');
    const id = await scene.ask('Dana');
    await expect(scene.decide('Dana', id)).rejects.toThrow('You cannot approve your own request.');
  },
  'role grant to an accomplice': async (scene) => {
    const id = await scene.ask('Eva');
    const eva = await scene.as('Eva', later);
    await changeRoles(eva, { personId: scene.ids.Jo, roles: ['super_admin'] });
    const skip = intervene(await scene.as('Jo', later), await scene.refOf(id), {
      ...{ action: 'skip', reason: 'so' },
    });
    await expect(skip).rejects.toThrow('made you a Super Admin after it opened. Ask another');
  },
};
