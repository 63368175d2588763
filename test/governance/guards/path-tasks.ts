import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { decideMany } from '../../../src/governance/decisions/bulk-decide.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { setDelegate } from '../../../src/governance/delegations/delegations.ts';
import {
  createPreferencesLink,
  createTaskLink,
} from '../../../src/governance/email-links/action-links.ts';
import { enterInbox, openInbox } from '../../../src/governance/email-links/inbox-session.ts';
import {
  decideByLink,
  readTaskPage,
  reassignByLink,
} from '../../../src/governance/email-links/task-page.ts';
import { requestExtension } from '../../../src/governance/requests/extend-access.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { stepAssignees, taskSteps } from '../../../src/store/schema/tasks.ts';
import { noon } from '../../support/small-company.ts';
import { later, type Name, type Scene } from './path-scene.ts';

type Walk = (scene: Scene) => Promise<void>;

const verbsIn = async ({ db }: Scene) =>
  (await db.select().from(auditLog).orderBy(auditLog.id)).map(({ verb }) => verb);

/** Opens the inbox behind the link of every mail. */
async function inboxOf({ company, ids }: Scene, name: Name) {
  const link = await createPreferencesLink(company.system, { personId: ids[name] });
  const session = await openInbox(company.system, link, { page: 'preferences' });
  return (await enterInbox(company.system, session)).ctx;
}

/** The walks through what somebody can do with a task. */
export const taskWalks: Record<string, Walk> = {
  'approve own request': async (scene) => {
    const id = await scene.ask('Ana');
    await expect(scene.decide('Ana', id)).rejects.toThrow('You cannot approve your own request.');
    expect(await scene.askedFor(id)).toEqual(['Bo']);
  },
  'reassignment to oneself': async (scene) => {
    const id = await scene.ask('Ana');
    await expect(scene.reassign('Bo', id, 'Ana')).rejects.toThrow('Ana is the person it is for.');
    const other = await scene.ask('Eva', { for: 'Jo' });
    await expect(scene.reassign('Bo', other, 'Eva')).rejects.toThrow('Eva asked for it.');
  },
  'reassignment by the requester': async (scene) => {
    const id = await scene.ask('Eva');
    await expect(scene.reassign('Eva', id, 'Jo')).rejects.toThrow(
      'You cannot reassign it: you asked for this, opened it, or it is about your own access. Ask another Super Admin: Dana.',
    );
    expect(await verbsIn(scene)).toContain('task.intervention_refused');
  },
  'skip own steps': async (scene) => {
    const id = await scene.ask('Eva');
    const skip = async (by: 'Eva' | 'Dana') =>
      intervene(await scene.as(by, later), await scene.refOf(id), {
        ...{ action: 'skip', reason: 'urgent' },
      });
    await expect(skip('Eva')).rejects.toThrow('You cannot skip it');
    expect(await scene.askedFor(id)).toEqual(['Bo']);
    expect(await verbsIn(scene)).toContain('task.intervention_refused');
    await skip('Dana');
    expect(await scene.askedFor(id)).toEqual(['Lee']);
  },
  reopening: async (scene) => {
    const id = await scene.ask('Eva');
    await scene.decide('Bo', id, false);
    const restart = async (by: 'Eva' | 'Dana') =>
      intervene(await scene.as(by, later), await scene.refOf(id), {
        ...{ action: 'restart', reason: 'so' },
      });
    await expect(restart('Eva')).rejects.toThrow('You cannot restart it');
    await restart('Dana');
    expect(await scene.askedFor(id)).toEqual(['Bo']);
  },
  'bulk decision': async (scene) => {
    const id = await scene.ask('Ana');
    const steps = [await scene.refOf(id)];
    const { done, refused } = await decideMany(await scene.as('Ana'), { steps, positive: true });
    expect([done, refused[0]?.sentence]).toEqual([[], 'You cannot approve your own request.']);
  },
  'e-mail link': async (scene) => {
    const { company, ids } = scene;
    const id = await scene.ask('Ana');
    const { stepId, version } = await scene.refOf(id);
    const about = { personId: ids.Ana, taskId: id, stepId };
    const token = await createTaskLink(company.system, about);
    expect((await readTaskPage(company.system, token)).choice).toBeUndefined();
    const decision = { version, positive: true, reason: '' };
    await expect(decideByLink(company.system, token, decision)).rejects.toThrow('your own request');
  },
  'forwarded link': async (scene) => {
    const { company, ids } = scene;
    const id = await scene.ask('Ana');
    const { stepId, version } = await scene.refOf(id);
    const token = await createTaskLink(company.system, { personId: ids.Bo, taskId: id, stepId });
    const act = (positive: boolean) =>
      decideByLink(company.system, token, { version, positive, reason: 'no' });
    await expect(act(true)).rejects.toThrow('High-risk access cannot be decided by e-mail.');
    const to = { version, personId: ids.Jo, reason: 'so' };
    await expect(reassignByLink(company.system, token, to)).rejects.toThrow('High-risk');
    await act(false);
    await expect(act(true)).rejects.toThrow('Bo denied this');
  },
  'inbox of a forwarded link': async (scene) => {
    const { company, ids } = scene;
    const id = await scene.ask('Ana');
    const inbox = await inboxOf(scene, 'Bo');
    const steps = [await scene.refOf(id)];
    const { done, refused } = await decideMany(inbox, { steps, positive: true });
    expect([done, refused[0]?.sentence]).toEqual([[], expect.stringContaining('High-risk')]);
    const asSuperAdmin = await inboxOf(scene, 'Eva');
    const skip = { action: 'skip', reason: 'so' } as const;
    await expect(intervene(asSuperAdmin, steps[0]!, skip)).rejects.toThrow('Only Super Admins');
    const forAnyone = { personId: ids.Kim, entitlementIds: [company.user], reason: 'so' };
    await expect(requestAccess(asSuperAdmin, forAnyone)).rejects.toThrow('You can request access');
  },
  'delegate named by a forwarded link': async (scene) => {
    const { company, ids } = scene;
    await setDelegate(await inboxOf(scene, 'Bo'), { personId: ids.Bo, delegateId: ids.Jo });
    expect(await scene.askedFor(await scene.ask('Ana'))).toEqual(['Bo']);
    const low = { personId: ids.Ana, entitlementIds: [company.user], reason: 'on call' };
    const { opened } = await requestAccess(await scene.as('Ana'), low);
    expect(await scene.askedFor(opened[0]!.id)).toEqual(['Jo']);
  },
  'request by a forwarded link': async (scene) => {
    const { company, ids } = scene;
    const request = { personId: ids.Ana, entitlementIds: [company.admin], reason: 'on call' };
    await expect(requestAccess(await inboxOf(scene, 'Bo'), request)).rejects.toThrow(
      'By e-mail you can request it only for yourself',
    );
  },
  'risk change': async (scene) => {
    const { db, company, ids } = scene;
    const id = await scene.ask('Ana');
    await db.update(entitlements).set({ risk: 'low' }).where(eq(entitlements.id, company.admin));
    const { stepId, version } = await scene.refOf(id);
    const token = await createTaskLink(company.system, { personId: ids.Bo, taskId: id, stepId });
    const decision = { version, positive: true, reason: '' };
    await expect(decideByLink(company.system, token, decision)).rejects.toThrow('High-risk');
  },
  emergency: async (scene) => {
    const { db, company } = scene;
    await db.update(entitlements).set({ emergencyAllowed: true });
    const id = await scene.ask('Kim', { emergency: true });
    expect(await scene.askedFor(id)).toEqual(['Dana', 'Eva']);
    await expect(scene.decide('Kim', id)).rejects.toThrow('You cannot approve your own request.');
    await db.update(entitlements).set({ risk: 'low' }).where(eq(entitlements.id, company.admin));
    const alone = await scene.ask('Lee', { emergency: true });
    expect(await scene.askedFor(alone)).toEqual(['Kim']);
  },
  extension: async (scene) => {
    const { db, company, ids } = scene;
    const expiresAt = new Date(noon.getTime() + 5 * 86_400_000);
    await db.update(grants).set({ expiresAt }).where(eq(grants.personId, ids.Cy));
    const task = await requestExtension(await scene.as('Cy'), {
      entitlementId: company.admin,
      until: new Date(noon.getTime() + 30 * 86_400_000),
      reason: 'so',
    });
    expect(await scene.askedFor(task.id)).toEqual(['Bo']);
    await expect(scene.decide('Cy', task.id)).rejects.toThrow('your own request');
  },
  quorum: async (scene) => {
    const { db, ids } = scene;
    const id = await scene.ask('Ana');
    await scene.setOptions(id, 1, { quorum: 2 });
    await scene.decide('Bo', id);
    expect(await scene.askedFor(id)).toEqual(['Bo']);
    await expect(scene.decide('Bo', id)).rejects.toThrow('You agreed to this');
    const { stepId } = await scene.refOf(id);
    await db.update(stepAssignees).set({ agreedAt: null }).where(eq(stepAssignees.stepId, stepId));
    await db.insert(stepAssignees).values({ stepId, personId: ids.Kim, why: 'an owner of GitHub' });
    await expect(scene.reassign('Dana', id, 'Jo')).rejects.toThrow('2 different people must agree');
  },
  'provisioning by the requester': async (scene) => {
    const { db, ids } = scene;
    const id = await scene.ask('Lee', { for: 'Lee' });
    await intervene(await scene.as('Dana', later), await scene.refOf(id), {
      ...{ action: 'skip', reason: 'so' },
    });
    expect(await scene.askedFor(id)).toEqual(['Kim']);
    const { stepId } = await scene.refOf(id);
    await db.insert(stepAssignees).values({ stepId, personId: ids.Lee, why: 'a provisioner' });
    await expect(scene.decide('Lee', id)).rejects.toThrow('you cannot provision it alone');
    const steps = await db.select().from(taskSteps).where(eq(taskSteps.id, stepId));
    expect(steps[0]?.state).toBe('active');
  },
};
