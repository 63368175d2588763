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
import { findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import {
  explainRuleGrant,
  loadRuleDescriptions,
  type RuleDescription,
} from '../role-rules/describe.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { ago } from '../wording/relative-time.ts';

export interface StepView extends TaskStep {
  assignees: {
    id: number;
    name: string;
    why: string;
    active: boolean;
    assignedAt: Date;
    movedTo?: string | undefined;
    /** Whose task it would be without a delegation. */
    delegateOf: string | undefined;
    agreedAt: Date | null;
  }[];
  decider: string | undefined;
}

/** Everything a card, a mail or a page says about a task, read at one moment. */
export interface TaskView {
  task: Task;
  person: Person;
  manager: string | undefined;
  entitlement: EntitlementRow;
  /** "GitHub · Admin" */
  label: string;
  requester: string | undefined;
  profile: string | undefined;
  /** The role rule that the task is of. */
  rule: RuleDescription | undefined;
  /** How a role rule gives what is held: "a role rule gives it because department = Sales". */
  heldByRule: string | undefined;
  steps: StepView[];
  active: StepView | undefined;
  peers: { people: number; holders: number; department: string } | undefined;
  grant: Grant | undefined;
  /** When the person last used it, in words, as far as it is known. */
  lastUsed: string | undefined;
  /** When a sync no longer saw what this task took away. */
  removedAt: Date | undefined;
  comments: { author: string; body: string; at: Date }[];
}

/** @returns undefined when there is no such task. */
export async function loadTaskView(ctx: Ctx, taskId: number): Promise<TaskView | undefined> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  return snapshot && viewTask(ctx, snapshot);
}

/** What cards say about a task that has been read already. */
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
    heldByRule: grant && explainRuleGrant(grant, rules),
    steps,
    active: steps.find((step) => step.state === 'active'),
    peers: department
      ? { ...(await countPeers(db, department, entitlement.id)), department }
      : undefined,
    grant,
    lastUsed: grant?.lastUsedAt ? ago(grant.lastUsedAt, ctx.now) : undefined,
    removedAt: task.kind === 'revoke' ? await findConfirmedDeprovisioning(db, task.id) : undefined,
    comments: comments.map(({ comment, author }) => ({
      author,
      body: comment.body,
      at: comment.createdAt,
    })),
  };
}

/** The names of everybody whom a task mentions; the snapshot has most of them. */
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
    ...assignees.flatMap(({ delegateOf, reassignedTo }) => [delegateOf, reassignedTo]),
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
      .map(({ personId, name, why, active, assignedAt, reassignedTo, delegateOf, agreedAt }) => ({
        id: personId,
        name,
        why,
        active,
        assignedAt,
        movedTo: nameOf(reassignedTo),
        delegateOf: nameOf(delegateOf),
        agreedAt,
      })),
  }));
}
