import { mustGet } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { findEntitlement } from '../../store/catalog/catalog-pages.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { explainChoice, type PolicyChoice } from '../policies/choose-policy.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { approverWords, type StepEdit } from '../policies/steps.ts';
import { approverPoolOf } from '../tasks/approver-directory.ts';
import {
  type ApproverPool,
  type Assignment,
  chooseAssignees,
  quorumOf,
} from '../tasks/approvers.ts';
import { findSubject, loadEligibility, refusalReason } from '../tasks/eligibility.ts';
import { exclusionsOf } from '../tasks/exclusions.ts';

/** The path of a request, without making one. */
export interface Preview {
  /** "Bo requests GitHub · Admin → Ana (manager) → Kim or Lee (application owners) → provisioning by Kim" */
  sentence: string;
  policy: string;
  /** Why it is that policy. */
  because: string;
  /** What is not as the policy says first: "Bo has no manager here, so this goes to …" */
  notes: string[];
  /** Why such a request would be refused now, if it would. */
  refused: string | undefined;
}

/** Says where a request that a person makes for themself would go now. @throws Refusal missing. */
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
  const steps = choice.policy.steps.map((step) => ({
    step,
    assignment: chooseAssignees(step, { pool, exclusions }),
  }));
  const how = emergency ? 'requests as an emergency' : 'requests';
  const names = namesIn(pool);
  const way = steps.map(({ step, assignment }) => stepSentence(names, step, assignment));
  const notes = steps.flatMap(({ assignment }) => assignment.note ?? []);
  const nobody = steps.find(({ assignment }) => assignment.assignees.length === 0);
  return {
    sentence: [`${subject.person.name} ${how} ${pool.entitlement}`, ...way].join(' → '),
    policy: choice.policy.name,
    because: await reasonOf(ctx, choice, input),
    notes: [...new Set(notes)],
    refused:
      refusalReason(eligibility, target, { kind: 'grant', cause: 'asked', emergency }) ??
      (nobody && `Nobody may decide about this: ${nobody.assignment.note}`),
  };
}

/** The names of everybody who could be asked. */
function namesIn(pool: ApproverPool): ReadonlyMap<number, string> {
  const all = [
    ...[pool.person, ...(pool.manager ? [pool.manager] : [])],
    ...[...pool.owners, ...pool.entitlementOwners, ...pool.provisioners],
    ...[...pool.superAdmins, ...pool.delegates.values(), ...pool.named.people.values()],
  ];
  return new Map(all.map(({ id, name }) => [id, name]));
}

function stepSentence(
  names: ReadonlyMap<number, string>,
  step: StepEdit,
  { assignees, note }: Assignment,
): string {
  const asked = assignees.map(({ name, delegateOf }) =>
    delegateOf === null ? name : `${name} for ${mustGet(names, delegateOf)}`,
  );
  const needed = quorumOf(step, asked.length);
  const who = asked.join(' or ') || 'nobody';
  const isPlain = !note && step.approvers !== 'user_group';
  const why = isPlain ? approverWords[step.approvers].replace(/^the /, '') : assignees[0]?.why;
  return stepWords[step.kind].next(needed > 1 ? `${needed} of ${who}` : who, why ?? 'nobody may');
}

async function reasonOf(
  ctx: ActorCtx,
  choice: PolicyChoice,
  { entitlementId, emergency }: { entitlementId: number; emergency: boolean },
): Promise<string> {
  switch (choice.by) {
    case 'rule':
      return `rule ${choice.place} of requests chooses it`;
    case 'emergency':
      return 'nothing else is said about emergencies';
    case 'default':
      return 'it is the default of requests';
    case 'own': {
      const row = await findEntitlement(ctx.db, entitlementId);
      const own = emergency ? row?.emergencyPolicyId : row?.policyId;
      return own === choice.policy.id ? 'the entitlement says so' : `${row?.app} says so`;
    }
  }
}
