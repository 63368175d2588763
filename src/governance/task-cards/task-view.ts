import {
  countPeers,
  findConfirmedDeprovisioning,
  type Grant,
  listLiveGrants,
} from '../../store/access/grants.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { findProfile } from '../../store/profiles/profiles.ts';
import { listComments } from '../../store/tasks/task-comments.ts';
import { type Assignee, findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { type Ctx, readerZone } from '../context.ts';
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
  profile: string | undefined;
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
  const names = await loadNames(ctx, snapshot);
  const nameOf = (id: number | null) => (id === null ? undefined : names.get(id));
  const steps = viewSteps(snapshot, nameOf);
  const profile = task.profileId === null ? undefined : await findProfile(db, task.profileId);
  const [grant] = await listLiveGrants(db, [task.personId], [task.entitlementId]);
  const rules = await loadRuleDescriptions(ctx, [task.ruleId, grant?.ruleId]);
  const comments = await listComments(db, task.id);
  const { department } = person;
  return {
    task,
    person,
    manager: nameOf(person.managerId),
    entitlement,
    label: labelOf(entitlement),
    requester: nameOf(task.requesterId ?? task.openedBy),
    profile: profile?.name,
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
    removedAt: task.kind === 'revoke' ? await findConfirmedDeprovisioning(db, task.id) : undefined,
    comments: comments.map(({ comment, author }) => ({
      author,
      body: comment.body,
      at: comment.createdAt,
    })),
  };
}

/** Loads the names of everybody whom a task mentions. The snapshot has most of them. */
async function loadNames(
  ctx: Ctx,
  { task, person, steps, assignees }: TaskSnapshot,
): Promise<Map<number, string>> {
  const names = new Map(assignees.map(({ personId, name }) => [personId, name]));
  names.set(person.id, person.name);
  const mentioned = [
    person.managerId,
    task.requesterId ?? task.openedBy,
    ...steps.map(({ decidedBy }) => decidedBy),
    ...assignees.flatMap(({ delegateOf, reassignedTo, reassignedBy }) => [
      delegateOf,
      reassignedTo,
      reassignedBy,
    ]),
  ];
  const unknown = mentioned.flatMap((id) => (id === null || names.has(id) ? [] : id));
  for (const { id, name } of await listPeopleById(ctx.db, unknown)) names.set(id, name);
  return names;
}

function viewSteps(
  { steps, assignees }: TaskSnapshot,
  nameOf: (id: number | null) => string | undefined,
): StepView[] {
  return steps.map((step) => ({
    ...step,
    decider: nameOf(step.decidedBy),
    assignees: assignees
      .filter(({ stepId }) => stepId === step.id)
      .map((assignee) => viewAssignee(assignee, nameOf)),
  }));
}

function viewAssignee(
  assignee: Assignee,
  nameOf: (id: number | null) => string | undefined,
): AssigneeView {
  const { personId, name, why, active, assignedAt, agreedAt } = assignee;
  const by = assignee.reassignedTo === null ? nameOf(assignee.reassignedBy) : undefined;
  return {
    id: personId,
    name,
    why,
    reassigned: by === undefined ? undefined : { by, reason: assignee.reassignReason ?? '' },
    active,
    assignedAt,
    movedTo: nameOf(assignee.reassignedTo),
    delegateOf: nameOf(assignee.delegateOf),
    agreedAt,
  };
}
