import { mustGet } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { findEntitlement } from '../../store/catalog/catalog-pages.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { explainChoice, type PolicyChoice } from '../policies/choose-policy.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { approverWords, type StepEdit } from '../policies/steps.ts';
import { approverPoolOf } from '../tasks/approver-directory.ts';
import { type Assignment, quorumOf } from '../tasks/approvers.ts';
import { findSubject, loadEligibility, refusalReason } from '../tasks/eligibility.ts';
import { exclusionsOf } from '../tasks/exclusions.ts';
import type { ApproverPool } from '../tasks/fallback-levels.ts';
import { describeUnassigned } from '../tasks/open-tasks.ts';
import { planSteps } from '../tasks/plan-steps.ts';

/** The path of a request that nobody has made. */
export interface Preview {
  /** "Bo requests GitHub · Admin → Ana (manager) → Kim or Lee (application owners) → provisioning by Kim" */
  sentence: string;
  policy: string;
  /** The reason why that policy applies. */
  because: string;
  /** The fallbacks that are asked: "Bo has no manager here, so this goes to …" */
  notes: string[];
  /** The reason why such a request would be refused now; undefined when it would not. */
  refused: string | undefined;
}

/** Shows the path of a request that a person would make for themself now. @throws Refusal missing. */
export async function previewRequest(
  ctx: ActorCtx,
  input: { personId: number; entitlementId: number; emergency: boolean },
): Promise<Preview> {
  await requirePermission(ctx, 'managePolicies');
  const { personId, entitlementId, emergency } = input;
  const target = { personId, entitlementId };
  const eligibility = await loadEligibility(ctx, 'grant', [target]);
  const subject = findSubject(eligibility, target);
  if (!subject) {
    throw new Refusal('missing', 'That person or entitlement is no longer here.');
  }
  const about = { ...subject, kind: 'grant', requesterId: personId, emergency } as const;
  const choice = explainChoice(eligibility.policies, about);
  const pool = approverPoolOf(eligibility.approvers, subject);
  const exclusions = exclusionsOf({ personId, requesterId: personId, openedBy: null });
  const steps = planSteps(choice.policy, { pool, exclusions });
  const request = `${subject.person.name} requests ${pool.entitlement}${emergency ? ' as an emergency' : ''}`;
  const names = namesOf(pool);
  const path = steps.map(({ step, assignment }) => describeStep(names, step, assignment));
  const notes = steps.flatMap(({ assignment }) => assignment.note ?? []);
  const unassigned = steps.find(({ assignment }) => assignment.assignees.length === 0);
  return {
    sentence: [request, ...path].join(' → '),
    policy: choice.policy.name,
    because: await explainPolicy(ctx, choice, input),
    notes: [...new Set(notes)],
    refused:
      refusalReason(eligibility, target, { kind: 'grant', cause: 'asked', emergency }) ??
      (unassigned && describeUnassigned(unassigned.assignment)),
  };
}

/** The names of everybody in the pool. */
function namesOf(pool: ApproverPool): ReadonlyMap<number, string> {
  const all = [
    ...[pool.person, ...(pool.manager ? [pool.manager] : [])],
    ...[...pool.owners, ...pool.entitlementOwners, ...pool.provisioners],
    ...[...pool.superAdmins, ...pool.delegates.values(), ...pool.named.people.values()],
  ];
  return new Map(all.map(({ id, name }) => [id, name]));
}

/** "Kim or Lee (application owners)" */
function describeStep(
  names: ReadonlyMap<number, string>,
  step: StepEdit,
  { assignees, note }: Assignment,
): string {
  const asked = assignees.map(({ name, delegateOf }) =>
    delegateOf === null ? name : `${name} for ${mustGet(names, delegateOf)}`,
  );
  const needed = quorumOf(step);
  const assigned = asked.join(' or ') || 'nobody';
  const isPlain = !note && step.approvers !== 'user_group';
  const why = isPlain ? approverWords[step.approvers].replace(/^the /, '') : assignees[0]?.why;
  return stepWords[step.kind].next(
    needed > 1 ? `${needed} of ${assigned}` : assigned,
    why ?? 'nobody may decide',
  );
}

/** Says why a policy applies: "GitHub has this policy". */
async function explainPolicy(
  ctx: ActorCtx,
  choice: PolicyChoice,
  { entitlementId, emergency }: { entitlementId: number; emergency: boolean },
): Promise<string> {
  switch (choice.by) {
    case 'rule':
      return `rule ${choice.place} of requests chooses it`;
    case 'emergency':
      return 'it is the default of emergencies';
    case 'default':
      return 'it is the default of requests';
    case 'own': {
      const row = await findEntitlement(ctx.db, entitlementId);
      const own = emergency ? row?.emergencyPolicyId : row?.policyId;
      const owner = own === choice.policy.id ? 'the entitlement' : row?.app;
      return `it is the policy of ${owner}`;
    }
  }
}
