import { listEmergencyEntitlements } from '../../store/catalog/entitlements.ts';
import { listManagerCircles } from '../../store/people/managers.ts';
import { listUserGroups } from '../../store/people/user-groups.ts';
import { listWholePolicies } from '../../store/policies/edit-policies.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';
import { choosePolicy } from './choose-policy.ts';
import { stepWords } from './step-kinds.ts';

const maxNamed = 5;

/** Names weak places of the configuration for Super Admins. @throws Refusal forbidden. */
export async function readGuardWarnings(ctx: ActorCtx): Promise<string[]> {
  await requirePermission(ctx, 'managePolicies');
  return listGuardWarnings(ctx);
}

/** Names weak places of the configuration, one sentence each: what anybody could pass without another person. */
export async function listGuardWarnings(ctx: Ctx): Promise<string[]> {
  const circles = await listManagerCircles(ctx.db);
  return [
    ...warn(
      'Emergencies of these entitlements need nobody',
      await listUnguardedEmergencies(ctx),
      'Give them an emergency policy with an approval.',
    ),
    ...warn(
      'Anybody who can edit these Slack user groups can add approvers',
      await listApproverGroups(ctx),
      'Restrict the editing of user groups in Slack.',
    ),
    ...warn(
      'These people are their own manager, or in a circle of managers',
      circles.map(({ name }) => name),
      'Correct them in the source of people.',
    ),
  ];
}

function warn(head: string, names: readonly string[], help: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
  return [`${head}: ${names.slice(0, maxNamed).join(', ')}${more}. ${help}`];
}

/** Entitlements whose emergency requests no person decides. */
async function listUnguardedEmergencies(ctx: Ctx): Promise<string[]> {
  const entitlements = await listEmergencyEntitlements(ctx.db);
  const own = entitlements.flatMap(({ emergencyPolicyId }) => emergencyPolicyId ?? []);
  const known = await loadPolicies(ctx.db, 'grant', own);
  const about = { kind: 'grant', emergency: true } as const;
  const [person, manager] = [{ id: 1, managerId: 2 }, 2];
  const isUnguarded = (entitlement: (typeof entitlements)[number]) =>
    [person.id, manager].some((requesterId) => {
      const policy = choosePolicy(known, { ...about, person, entitlement, requesterId });
      return policy.steps.every(({ kind }) => !stepWords[kind].decides);
    });
  return entitlements.filter(isUnguarded).map(({ app, name }) => `${app} · ${name}`);
}

/** The Slack user groups whose members approve something. */
async function listApproverGroups(ctx: Ctx): Promise<string[]> {
  const policies = await listWholePolicies(ctx.db);
  const ids = policies.flatMap(({ steps }) =>
    steps.flatMap(({ options }) => options.userGroup ?? []),
  );
  return (await listUserGroups(ctx.db, ids)).map(({ handle }) => `@${handle}`).sort();
}
