import { mustGet } from '../../collections.ts';
import { findPerson } from '../../store/people/people.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import { listOverdueSteps } from '../../store/tasks/reminders.ts';
import { escalateStep, type NewAssignee } from '../../store/tasks/task-changes.ts';
import { escalateAfterHours } from '../../store/tasks/task-lists.ts';
import {
  type Assignee,
  findSnapshots,
  type TaskSnapshot,
} from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { loadPreferences } from '../notifications/preferences.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { isWorkingTime } from '../notifications/working-hours.ts';
import { loadStandings } from '../people/standing.ts';
import { toCandidate } from '../policies/named-approvers.ts';
import {
  type ApproverDirectory,
  approverPoolOf,
  loadDirectoryOf,
} from '../tasks/approver-directory.ts';
import { type ApproverCandidates, chooseAssignees } from '../tasks/approvers.ts';
import { exclusionReason, exclusionsOf } from '../tasks/exclusions.ts';
import { formatCount } from '../wording/counts.ts';
import { joinSentences } from '../wording/sentences.ts';

/** The number of steps that one run escalates. The next run, a quarter of an hour later, takes the rest. */
const maxEscalations = 200;

/** A step that nobody decided in time, with its task. */
interface OverdueStep {
  snapshot: TaskSnapshot;
  step: TaskStep;
}

/** An overdue step with the people to ask in addition to its assignees. */
interface PlannedEscalation extends OverdueStep {
  next: readonly NewAssignee[];
}

/**
 * Escalates each step that nobody decided in time to the next people in line: once, and while one of them is at work,
 * except for emergencies. The first assignees can still decide.
 * @param timeZone the time zone for people whose own is unknown
 * @returns the number of escalated steps
 */
export async function escalateDueSteps(ctx: Ctx, timeZone: string): Promise<number> {
  const planned = await planEscalations(ctx);
  const isAtWork = await loadWorkers(
    ctx,
    planned.flatMap(({ next }) => next.map(({ personId }) => personId)),
    timeZone,
  );
  let escalated = 0;
  for (const one of planned) {
    if (escalated === maxEscalations) break;
    const { emergency } = one.snapshot.task;
    const mayWrite = one.next.length === 0 || emergency || (await isAtWork(one.next));
    if (mayWrite && (await inTransaction(ctx, (ctx) => escalate(ctx, one)))) escalated++;
  }
  return escalated;
}

/** Reads all overdue steps together. The update of a step notices changes since then. */
async function planEscalations(ctx: Ctx): Promise<PlannedEscalation[]> {
  const overdue = await listOverdueSteps(ctx.db, ctx.now, escalateAfterHours);
  if (overdue.length === 0) return [];
  const snapshots = await findSnapshots(
    ctx.db,
    overdue.map(({ taskId }) => taskId),
  );
  const directory = await loadDirectoryOf(ctx, [...snapshots.values()]);
  const planned: PlannedEscalation[] = [];
  for (const { taskId, stepId } of overdue) {
    const snapshot = mustGet(snapshots, taskId);
    const step = snapshot.steps.find(({ id }) => id === stepId);
    if (!step) continue;
    const next = await findNextInLine(ctx, { snapshot, step }, directory);
    planned.push({ snapshot, step, next });
  }
  return planned;
}

/** @returns false when the step was decided, reassigned or escalated meanwhile. */
async function escalate(ctx: Ctx, { snapshot, step, next }: PlannedEscalation): Promise<boolean> {
  const waited = formatWait(step);
  const escalated = await escalateStep(ctx.db, snapshot, {
    stepId: step.id,
    version: step.version,
    note: joinSentences([step.note ?? undefined, describeEscalation(next, waited)]),
    assignees: next.map((one) => ({
      ...one,
      why: `${one.why}, since nobody decided for ${waited}`,
    })),
    at: ctx.now,
  });
  if (!escalated) return false;
  await audit(ctx, 'step.escalate', subjectOf.task(snapshot.task.id), {
    before: { step: step.position },
    after: { step: step.position, added: next.map(({ personId }) => personId) },
  });
  await redrawTask(ctx, escalated);
  return true;
}

/**
 * Finds the people of the next level of the fallback chain who were not assignees before. After the last level, it is
 * the manager of an assignee.
 */
async function findNextInLine(
  ctx: Ctx,
  { snapshot, step }: OverdueStep,
  directory: ApproverDirectory,
): Promise<readonly NewAssignee[]> {
  const assignees = snapshot.assignees.filter(({ stepId }) => stepId === step.id);
  const asked = new Set(assignees.map(({ personId }) => personId));
  const candidates = {
    pool: approverPoolOf(directory, snapshot),
    exclusions: exclusionsOf(snapshot.task, snapshot),
  };
  for (let from = 0; ; ) {
    const choice = chooseAssignees(step, candidates, { from, needed: 1 });
    if (choice.assignees.length === 0) break;
    const others = choice.assignees.filter(({ personId }) => !asked.has(personId));
    if (others.length > 0) return others;
    from = choice.level + 1;
  }
  const active = assignees.filter((one) => one.active);
  return findManagerAbove(ctx, step, { assignees: active, asked, candidates });
}

/** Finds the first manager above an assignee who may decide. A line of managers that forms a cycle ends. */
async function findManagerAbove(
  ctx: Ctx,
  step: TaskStep,
  {
    assignees,
    asked,
    candidates,
  }: {
    assignees: readonly Assignee[];
    asked: ReadonlySet<number>;
    candidates: ApproverCandidates;
  },
): Promise<readonly NewAssignee[]> {
  for (const { personId, name } of assignees) {
    const seen = new Set([personId]);
    let person = await findPerson(ctx.db, personId);
    while (person && person.managerId !== null && !seen.has(person.managerId)) {
      person = await findPerson(ctx.db, person.managerId);
      if (!person) break;
      seen.add(person.id);
      const manager = toCandidate(person, await loadStandings(ctx, [person]));
      if (!asked.has(manager.id) && !exclusionReason(step, manager, candidates.exclusions)) {
        const why = `the manager of ${name}`;
        return [{ personId: manager.id, name: manager.name, why, level: 'line', delegateOf: null }];
      }
    }
  }
  return [];
}

/** Makes a function that says whether any of several people is at work now. */
async function loadWorkers(
  ctx: Ctx,
  personIds: readonly number[],
  timeZone: string,
): Promise<(people: readonly NewAssignee[]) => Promise<boolean>> {
  const ids = [...new Set(personIds)];
  const preferencesOf = ids.length > 0 ? await loadPreferences(ctx, ids) : undefined;
  const worksNow = async (personId: number) => {
    const identity = await findSlackIdentity(ctx.db, personId);
    const zones = [identity?.timeZone, timeZone];
    return isWorkingTime(ctx.now, { ...preferencesOf?.(personId), zones });
  };
  const known = new Map<number, boolean>();
  return async (people) => {
    for (const { personId } of people) {
      const isAtWork = known.get(personId) ?? (await worksNow(personId));
      known.set(personId, isAtWork);
      if (isAtWork) return true;
    }
    return false;
  };
}

/** "Nobody decided for 3 days, so Kim Lee (an owner of GitHub) is asked as well." */
function describeEscalation(next: readonly NewAssignee[], waited: string): string {
  const [first] = next;
  if (!first) return `Nobody decided for ${waited}, and there is nobody else to ask.`;
  const names = next.map(({ name }) => name).sort();
  const are = names.length === 1 ? 'is' : 'are';
  return `Nobody decided for ${waited}, so ${names.join(' and ')} (${first.why}) ${are} asked as well.`;
}

/** "3 days", "5 hours" */
function formatWait({ options }: TaskStep): string {
  const hours = options.escalateAfterHours ?? escalateAfterHours;
  return hours >= 24 && hours % 24 === 0
    ? formatCount(hours / 24, 'day')
    : formatCount(hours, 'hour');
}
