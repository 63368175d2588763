import type { TaskView } from '../../governance/task-cards/task-view.ts';
import { samplePeople } from './people.ts';

type Step = TaskView['steps'][number];

/** A day of November 2026, in UTC. */
export function novemberDay(date: number, hour = 9): Date {
  return new Date(Date.UTC(2026, 10, date, hour, 12));
}

const taskId = 1042;
const reason = 'I am on call from Monday and have to restart the build agents when they hang.';
const instructions =
  '1. Open the organization in GitHub and choose People.\n2. Find the account and change its role to Admin.\n3. Note the number of this task in the change log.';

function buildStep(
  change: Partial<Step> & Pick<Step, 'position' | 'kind'>,
  assignee: { id: number; name: string },
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
    activatedAt: novemberDay(20),
    escalatedAt: null,
    decidedBy: null,
    decidedVia: null,
    decidedAt: null,
    reason: null,
    decider: undefined,
    assignees: [
      {
        id: assignee.id,
        name: assignee.name,
        why,
        active: true,
        assignedAt: novemberDay(20),
        delegateOf: undefined,
        agreedAt: null,
      },
    ],
    ...change,
  };
}

/** Builds a step after its decision. */
function decideSample(step: Step, by: { id: number; name: string }, decision: Partial<Step>): Step {
  return {
    ...step,
    decidedBy: by.id,
    decider: by.name,
    decidedAt: novemberDay(20, 14),
    ...decision,
  };
}

export const approval = buildStep(
  { position: 1, kind: 'approval' },
  samplePeople.bo,
  "Ana Ruiz's manager",
);
const approved = decideSample(approval, samplePeople.bo, {
  state: 'approved',
  reason: 'Fine for the rotation.',
});
const denied = decideSample(approval, samplePeople.bo, {
  state: 'denied',
  reason: 'The rotation has a role of its own: ask for GitHub · Operator.',
});
const provision = buildStep(
  { position: 2, kind: 'provision' },
  samplePeople.kim,
  'an owner of GitHub',
);
const provisionLater = { ...provision, state: 'waiting' as const, activatedAt: null };
const confirm = buildStep(
  { position: 1, kind: 'revocation' },
  samplePeople.bo,
  "Ana Ruiz's manager",
);
const confirmed = decideSample(confirm, samplePeople.bo, { state: 'approved' });
const deprovision = buildStep(
  { position: 2, kind: 'deprovision' },
  samplePeople.kim,
  'an owner of GitHub',
);
const deprovisionLater = { ...deprovision, state: 'waiting' as const, activatedAt: null };

const sampleEntitlement: TaskView['entitlement'] = {
  id: 1,
  name: 'Admin',
  applicationId: 1,
  app: 'GitHub',
  description: 'Everything in the organization, including members and billing',
  category: 'Code',
  risk: 'medium',
  requestable: true,
  emergencyAllowed: true,
  maxGrantDays: null,
  policyId: null,
  emergencyPolicyId: null,
  revokePolicyId: null,
  closedAt: null,
  instructions,
};

/** Builds Ana's open request for GitHub · Admin, with changes to the task and to the view. */
export function buildTaskView(
  steps: Step[],
  task: Partial<TaskView['task']> = {},
  change: Partial<TaskView> = {},
): TaskView {
  return {
    zone: 'UTC',
    task: {
      id: taskId,
      kind: 'grant',
      state: 'open',
      personId: samplePeople.ana.id,
      entitlementId: 1,
      requesterId: samplePeople.ana.id,
      openedBy: samplePeople.ana.id,
      profileId: null,
      ruleId: null,
      reason,
      cause: 'asked',
      emergency: false,
      risk: null,
      accessUntil: null,
      policyName: 'Manager, then owner',
      openedAt: novemberDay(20),
      closedAt: null,
      closedReason: null,
      closedBy: null,
      ...task,
    },
    person: samplePeople.ana,
    manager: samplePeople.bo.name,
    entitlement: sampleEntitlement,
    label: 'GitHub · Admin',
    requester: samplePeople.ana.name,
    requestedBy: `${samplePeople.ana.name} (${samplePeople.ana.email})`,
    profile: undefined,
    closer: undefined,
    rule: undefined,
    heldByRule: undefined,
    steps,
    active: steps.find((one) => one.state === 'active'),
    peers: { people: 44, holders: 41, department: 'Engineering' },
    grant: undefined,
    lastUsed: undefined,
    lastDenial: undefined,
    removedAt: undefined,
    comments: [],
    ...change,
  };
}

function buildGrantUntil(expiresAt: Date): NonNullable<TaskView['grant']> {
  return {
    id: 7,
    personId: samplePeople.ana.id,
    entitlementId: 1,
    source: 'connector',
    connector: 'csv',
    taskId: null,
    profileId: null,
    ruleId: null,
    graceStartedAt: null,
    grantedAt: null,
    expiresAt,
    lastUsedAt: null,
    firstSeenAt: novemberDay(1),
    verifiedAt: null,
    deprovisionTaskId: null,
    deprovisionedAt: null,
    expiryNotifiedAt: null,
    revocationFailedAt: null,
    missedSyncs: 0,
    lastSyncRunId: null,
    closedAt: null,
  };
}

/** Assigns a step to one person. @param about.why the reason that the card shows */
export function sampleAssignedStep(
  step: Step,
  { id, name }: { id: number; name: string },
  about: Pick<Step['assignees'][number], 'why' | 'reassigned'> & { delegateOf?: string },
): Step {
  const assignee = {
    id,
    name,
    active: true,
    assignedAt: novemberDay(20),
    agreedAt: null,
    delegateOf: undefined,
    ...about,
  };
  return { ...step, assignees: [assignee] };
}

const requestedByDana = {
  requester: samplePeople.dana.name,
  requestedBy: `${samplePeople.dana.name} (${samplePeople.dana.email})`,
};

/** A task in each state that a mail can be about. */
export const taskViews = {
  asked: buildTaskView([approval, provisionLater]),
  approved: buildTaskView([approved, provision]),
  denied: buildTaskView([denied, { ...provisionLater, state: 'skipped' }], { state: 'denied' }),
  provisioned: buildTaskView(
    [approved, decideSample(provision, samplePeople.kim, { state: 'provisioned' })],
    {
      state: 'provisioned',
    },
  ),
  notProvisioned: buildTaskView(
    [
      approved,
      decideSample(provision, samplePeople.kim, {
        state: 'not_provisioned',
        reason: 'There is no free seat until December.',
      }),
    ],
    { state: 'not_provisioned' },
  ),
  revocation: buildTaskView(
    [confirm, deprovisionLater],
    {
      kind: 'revoke',
      requesterId: samplePeople.dana.id,
      reason: 'Not used since the move to Sales.',
    },
    { ...requestedByDana, lastUsed: '5 months ago' },
  ),
  confirmed: buildTaskView(
    [confirmed, deprovision],
    { kind: 'revoke', requesterId: samplePeople.dana.id },
    requestedByDana,
  ),
  expired: buildTaskView(
    [confirmed, decideSample(deprovision, samplePeople.kim, { state: 'deprovisioned' })],
    { kind: 'revoke', state: 'deprovisioned', requesterId: null, cause: 'expired' },
    { requester: undefined, requestedBy: undefined, grant: buildGrantUntil(novemberDay(20, 0)) },
  ),
  emergency: buildTaskView([{ ...provision, id: 1, position: 1 }], {
    emergency: true,
    accessUntil: novemberDay(21),
    policyName: 'Emergency',
    reason: 'The build agents are down and the release is today.',
  }),
};
