import {
  countPeers,
  findConfirmedDeprovisioning,
  type Grant,
  listLiveGrants,
} from '../../store/access/grants.ts';
import { findLastDenial } from '../../store/access/review-evidence.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import type { Person } from '../../store/people/people.ts';
import { findProfile } from '../../store/profiles/profiles.ts';
import { listComments } from '../../store/tasks/task-comments.ts';
import { type Assignee, findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { type Ctx, readerZone } from '../context.ts';
import { loadIdentities } from '../people/display-name.ts';
import {
  explainRuleGrant,
  loadRuleDescriptions,
  type RuleDescription,
} from '../role-rules/describe.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { formatAgo } from '../wording/relative-time.ts';

/** A step with the names of its people. */
export interface StepView extends TaskStep {
  assignees: AssigneeView[];
  decider: string | undefined;
}

/** Somebody to whom a step is or was assigned. */
export interface AssigneeView {
  id: number;
  name: string;
  /** The role that makes this person an assignee: "Ana Ruiz's manager". */
  why: string;
  /** The reassignment that made this person an assignee. */
  reassigned?: { by: string; reason: string } | undefined;
  active: boolean;
  assignedAt: Date;
  /** The person to whom the step was reassigned from this one. */
  movedTo?: string | undefined;
  /** The person who would have the task without a delegation. */
  delegateOf: string | undefined;
  agreedAt: Date | null;
}

/** The content of the cards, mails and pages of a task, read at one moment. */
export interface TaskView {
  task: Task;
  person: Person;
  manager: string | undefined;
  entitlement: EntitlementRow;
  /** "GitHub · Admin" */
  label: string;
  requester: string | undefined;
  /** The requester with the address: "Bo Chen (bo@acme.example)". */
  requestedBy: string | undefined;
  profile: string | undefined;
  /** The person who canceled the task. */
  closer: string | undefined;
  /** The role rule that opened the task. */
  rule: RuleDescription | undefined;
  /** The role rule that grants the current access: "a role rule grants it because department = Sales". */
  heldByRule: string | undefined;
  steps: StepView[];
  active: StepView | undefined;
  peers: { people: number; holders: number; department: string } | undefined;
  grant: Grant | undefined;
  /** The time zone of the reader of all words about the task. */
  zone: string;
  /** "112 days ago": the last known use of the access. */
  lastUsed: string | undefined;
  /** When the same was last denied for the person; only of an open request. */
  lastDenial: Date | undefined;
  /** When a sync no longer saw the access that this task revoked. */
  removedAt: Date | undefined;
  comments: { author: string; body: string; at: Date }[];
}

/** Loads the view of a task. @returns undefined when there is no such task. */
export async function loadTaskView(ctx: Ctx, taskId: number): Promise<TaskView | undefined> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  return snapshot && viewTask(ctx, snapshot);
}

/** Loads the view of a task whose snapshot has already been read. */
export async function viewTask(ctx: Ctx, snapshot: TaskSnapshot): Promise<TaskView> {
  const { db } = ctx;
  const { task, person, entitlement } = snapshot;
  const comments = await listComments(db, task.id);
  const known = await loadIdentities(ctx, listMentioned(snapshot, comments));
  const nameOf = (id: number | null) => (id === null ? undefined : known.get(id)?.name);
  const requesterId = task.requesterId ?? task.openedBy;
  const name = nameOf(person.id) ?? person.name;
  const steps = viewSteps(snapshot, { nameOf, name });
  const profile = task.profileId === null ? undefined : await findProfile(db, task.profileId);
  const [grant] = await listLiveGrants(db, [task.personId], [task.entitlementId]);
  const rules = await loadRuleDescriptions(ctx, [task.ruleId, grant?.ruleId]);
  const { department } = person;
  return {
    task,
    person: { ...person, name },
    manager: nameOf(person.managerId),
    entitlement,
    label: labelOf(entitlement),
    requester: nameOf(requesterId),
    requestedBy: requesterId === null ? undefined : known.get(requesterId)?.identity,
    profile: profile?.name,
    closer: nameOf(task.closedBy),
    rule: task.ruleId === null ? undefined : rules.get(task.ruleId),
    heldByRule: grant && explainRuleGrant(grant, rules, readerZone(ctx)),
    steps,
    active: steps.find((step) => step.state === 'active'),
    peers: department
      ? { ...(await countPeers(db, department, entitlement.id)), department }
      : undefined,
    grant,
    zone: readerZone(ctx),
    lastUsed: grant?.lastUsedAt ? formatAgo(grant.lastUsedAt, ctx.now) : undefined,
    lastDenial:
      task.kind === 'grant' && task.state === 'open' ? await findLastDenial(db, task) : undefined,
    removedAt: task.kind === 'revoke' ? await findConfirmedDeprovisioning(db, task.id) : undefined,
    comments: comments.map(({ comment, author }) => ({
      author: nameOf(comment.authorId) ?? author,
      body: comment.body,
      at: comment.createdAt,
    })),
  };
}

/** Lists everybody whom a task mentions. */
function listMentioned(
  { task, person, steps, assignees }: TaskSnapshot,
  comments: Awaited<ReturnType<typeof listComments>>,
): (number | null)[] {
  return [
    person.id,
    person.managerId,
    task.requesterId ?? task.openedBy,
    task.closedBy,
    ...steps.map(({ decidedBy }) => decidedBy),
    ...assignees.flatMap(({ personId, delegateOf, reassignedTo, reassignedBy }) => [
      personId,
      delegateOf,
      reassignedTo,
      reassignedBy,
    ]),
    ...comments.map(({ comment }) => comment.authorId),
  ];
}

/** `name`: how the person of the task is shown. */
interface Names {
  nameOf(id: number | null): string | undefined;
  name: string;
}

function viewSteps({ steps, assignees, person }: TaskSnapshot, names: Names): StepView[] {
  return steps.map((step) => ({
    ...step,
    decider: names.nameOf(step.decidedBy),
    assignees: assignees
      .filter(({ stepId }) => stepId === step.id)
      .map((assignee) => viewAssignee(assignee, person, names)),
  }));
}

function viewAssignee(assignee: Assignee, person: Person, { nameOf, name }: Names): AssigneeView {
  const { personId, why, active, assignedAt, agreedAt } = assignee;
  const by = assignee.reassignedTo === null ? nameOf(assignee.reassignedBy) : undefined;
  return {
    id: personId,
    name: nameOf(personId) ?? assignee.name,
    // The reason was stored with the plain name.
    why: why === `${person.name}'s manager` ? `${name}'s manager` : why,
    reassigned: by === undefined ? undefined : { by, reason: assignee.reassignReason ?? '' },
    active,
    assignedAt,
    movedTo: nameOf(assignee.reassignedTo),
    delegateOf: nameOf(assignee.delegateOf),
    agreedAt,
  };
}
