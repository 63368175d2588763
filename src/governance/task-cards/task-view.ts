import { countPeers, findRemoval, type Grant, listLiveGrants } from '../../store/access/grants.ts';
import { type EntitlementRow, listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson, listPeopleById, type Person } from '../../store/people/people.ts';
import { findProfile } from '../../store/profiles/profiles.ts';
import {
  findTask,
  listAssignees,
  listComments,
  listSteps,
  type Task,
  type TaskStep,
} from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { loadRuleWords, type RuleWords, ruleNote } from '../role-rules/describe.ts';
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
  rule: RuleWords | undefined;
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
  const { db } = ctx;
  const task = await findTask(db, taskId);
  const person = task && (await findPerson(db, task.personId));
  const [entitlement] = task ? await listEntitlementsById(db, [task.entitlementId]) : [];
  if (!task || !person || !entitlement) return undefined;
  const steps = await loadSteps(ctx, taskId);
  const profile = task.profileId === null ? undefined : await findProfile(db, task.profileId);
  const [grant] = await listLiveGrants(db, [task.personId], [task.entitlementId]);
  const rules = await loadRuleWords(ctx, [task.ruleId, grant?.ruleId]);
  return {
    task,
    person,
    manager: await nameOf(ctx, person.managerId),
    entitlement,
    label: `${entitlement.app} · ${entitlement.name}`,
    requester: await nameOf(ctx, task.requesterId ?? task.openedBy),
    profile: profile?.name,
    rule: rules.get(task.ruleId ?? 0),
    heldByRule: grant && ruleNote(grant, rules),
    steps,
    active: steps.find((step) => step.state === 'active'),
    peers: person.department
      ? {
          ...(await countPeers(db, person.department, entitlement.id)),
          department: person.department,
        }
      : undefined,
    grant,
    lastUsed: grant?.lastUsedAt ? ago(grant.lastUsedAt, ctx.now) : undefined,
    removedAt: task.kind === 'revoke' ? await findRemoval(db, task.id) : undefined,
    comments: (await listComments(db, taskId)).map(({ comment, author }) => ({
      author,
      body: comment.body,
      at: comment.createdAt,
    })),
  };
}

async function loadSteps(ctx: Ctx, taskId: number): Promise<StepView[]> {
  const steps = await listSteps(ctx.db, taskId);
  const assignees = await listAssignees(
    ctx.db,
    steps.map((step) => step.id),
  );
  const others = await listPeopleById(ctx.db, [
    ...steps.flatMap((step) => step.decidedBy ?? []),
    ...assignees.flatMap(({ assignee }) => [
      ...(assignee.delegateOf === null ? [] : [assignee.delegateOf]),
      ...(assignee.reassignedTo === null ? [] : [assignee.reassignedTo]),
    ]),
  ]);
  const nameById = new Map(
    [...assignees.map(({ person }) => person), ...others].map(({ id, name }) => [id, name]),
  );
  return steps.map((step) => ({
    ...step,
    decider: step.decidedBy === null ? undefined : nameById.get(step.decidedBy),
    assignees: assignees
      .filter(({ assignee }) => assignee.stepId === step.id)
      .map(({ assignee, person }) => ({
        id: person.id,
        name: person.name,
        why: assignee.why,
        active: assignee.active,
        assignedAt: assignee.assignedAt,
        movedTo: assignee.reassignedTo === null ? undefined : nameById.get(assignee.reassignedTo),
        delegateOf: assignee.delegateOf === null ? undefined : nameById.get(assignee.delegateOf),
        agreedAt: assignee.agreedAt,
      })),
  }));
}

async function nameOf(ctx: Ctx, personId: number | null): Promise<string | undefined> {
  return personId === null ? undefined : (await findPerson(ctx.db, personId))?.name;
}
