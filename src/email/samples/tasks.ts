import type { TaskView } from '../../governance/task-cards/task-view.ts';
import { cast } from './people.ts';

type Step = TaskView['steps'][number];

export const day = (date: number, hour = 9): Date => new Date(Date.UTC(2026, 10, date, hour, 12));

const taskId = 1042;
const reason = 'I am on call from Monday and have to restart the build agents when they hang.';
const instructions =
  '1. Open the organisation in GitHub and choose People.\n2. Find the account and change its role to Admin.\n3. Note the number of this task in the change log.';

function step(
  change: Partial<Step> & Pick<Step, 'position' | 'kind'>,
  who: { id: number; name: string },
  why: string,
): Step {
  return {
    id: change.position,
    taskId,
    approvers: 'manager',
    reassignable: true,
    options: {},
    state: 'active',
    version: 1,
    note: null,
    activatedAt: day(20),
    escalatedAt: null,
    decidedBy: null,
    decidedVia: null,
    decidedAt: null,
    reason: null,
    decider: undefined,
    assignees: [
      {
        id: who.id,
        name: who.name,
        why,
        active: true,
        assignedAt: day(20),
        delegateOf: undefined,
        agreedAt: null,
      },
    ],
    ...change,
  };
}

/** The step as somebody decided it. */
function decided(one: Step, by: { id: number; name: string }, what: Partial<Step>): Step {
  return { ...one, decidedBy: by.id, decider: by.name, decidedAt: day(20, 14), ...what };
}

export const approval = step({ position: 1, kind: 'approval' }, cast.bo, "Ana Ruiz's manager");
const approved = decided(approval, cast.bo, {
  state: 'approved',
  reason: 'Fine for the rotation.',
});
const denied = decided(approval, cast.bo, {
  state: 'denied',
  reason: 'The rotation has a role of its own: ask for GitHub · Operator.',
});
const provision = step({ position: 2, kind: 'provision' }, cast.kim, 'an owner of GitHub');
const provisionLater = { ...provision, state: 'waiting' as const, activatedAt: null };
const confirm = step({ position: 1, kind: 'revocation' }, cast.bo, "Ana Ruiz's manager");
const confirmed = decided(confirm, cast.bo, { state: 'approved' });
const deprovision = step({ position: 2, kind: 'deprovision' }, cast.kim, 'an owner of GitHub');
const deprovisionLater = { ...deprovision, state: 'waiting' as const, activatedAt: null };

/** Ana's request for GitHub · Admin, waiting for Bo, unless changed. */
export function viewOf(
  steps: Step[],
  task: Partial<TaskView['task']> = {},
  change: Partial<TaskView> = {},
): TaskView {
  return {
    task: {
      id: taskId,
      kind: 'grant',
      state: 'open',
      personId: cast.ana.id,
      entitlementId: 1,
      requesterId: cast.ana.id,
      openedBy: cast.ana.id,
      profileId: null,
      ruleId: null,
      reason,
      cause: 'asked',
      emergency: false,
      accessUntil: null,
      policyName: 'Manager, then owner',
      openedAt: day(20),
      closedAt: null,
      closedReason: null,
      ...task,
    },
    person: cast.ana,
    manager: cast.bo.name,
    entitlement: {
      id: 1,
      name: 'Admin',
      applicationId: 1,
      app: 'GitHub',
      description: 'Everything in the organisation, members and billing as well',
      category: 'Code',
      risk: 'medium',
      requestable: true,
      emergencyAllowed: true,
      longestGrantDays: null,
      policyId: null,
      emergencyPolicyId: null,
      revokePolicyId: null,
      closedAt: null,
      instructions,
    },
    label: 'GitHub · Admin',
    requester: cast.ana.name,
    profile: undefined,
    rule: undefined,
    heldByRule: undefined,
    steps,
    active: steps.find((one) => one.state === 'active'),
    peers: { people: 44, holders: 41, department: 'Engineering' },
    grant: undefined,
    lastUsed: undefined,
    removedAt: undefined,
    comments: [],
    ...change,
  };
}

function grantUntil(expiresAt: Date): NonNullable<TaskView['grant']> {
  return {
    id: 7,
    personId: cast.ana.id,
    entitlementId: 1,
    source: 'connector',
    connector: 'csv',
    taskId: null,
    profileId: null,
    ruleId: null,
    ruleLostAt: null,
    grantedAt: null,
    expiresAt,
    lastUsedAt: null,
    firstSeenAt: day(1),
    verifiedAt: null,
    removalTaskId: null,
    removalClaimedAt: null,
    expiryToldAt: null,
    missedSyncs: 0,
    lastSyncRunId: null,
    closedAt: null,
  };
}

/** A step that is with one person only, and why. */
export function assigned(
  one: Step,
  { id, name }: { id: number; name: string },
  about: { why: string; delegateOf?: string },
): Step {
  const assignee = {
    id,
    name,
    active: true,
    assignedAt: day(20),
    agreedAt: null,
    delegateOf: undefined,
    ...about,
  };
  return { ...one, assignees: [assignee] };
}

export const views = {
  asked: viewOf([approval, provisionLater]),
  approved: viewOf([approved, provision]),
  denied: viewOf([denied, { ...provisionLater, state: 'skipped' }], { state: 'denied' }),
  provisioned: viewOf([approved, decided(provision, cast.kim, { state: 'provisioned' })], {
    state: 'provisioned',
  }),
  notProvisioned: viewOf(
    [
      approved,
      decided(provision, cast.kim, {
        state: 'not_provisioned',
        reason: 'There is no free seat until December.',
      }),
    ],
    { state: 'not_provisioned' },
  ),
  revocation: viewOf(
    [confirm, deprovisionLater],
    { kind: 'revoke', requesterId: cast.dana.id, reason: 'Not used since the move to Sales.' },
    { requester: cast.dana.name, lastUsed: '5 months ago' },
  ),
  confirmed: viewOf(
    [confirmed, deprovision],
    { kind: 'revoke', requesterId: cast.dana.id },
    { requester: cast.dana.name },
  ),
  expired: viewOf(
    [confirmed, decided(deprovision, cast.kim, { state: 'deprovisioned' })],
    { kind: 'revoke', state: 'deprovisioned', requesterId: null, cause: 'expired' },
    { requester: undefined, grant: grantUntil(day(20, 0)) },
  ),
  emergency: viewOf([{ ...provision, id: 1, position: 1 }], {
    emergency: true,
    accessUntil: day(21),
    policyName: 'Emergency',
    reason: 'The build agents are down and the release is today.',
  }),
};
