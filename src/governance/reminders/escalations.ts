import { findPerson, findSlackIdentity, listPeopleById } from '../../store/people/people.ts';
import type { TaskKind } from '../../store/schema/tasks.ts';
import {
  addAssignees,
  listApprovedSteps,
  listOverdueSteps,
  markEscalated,
} from '../../store/tasks/reminders.ts';
import { escalateAfterHours } from '../../store/tasks/task-lists.ts';
import { listAssignees, type Task, type TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { loadPreferences } from '../notifications/preferences.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { isWorkingTime } from '../notifications/working-hours.ts';
import {
  type ApproverPool,
  type Assignment,
  chooseAssignees,
  type Exclusions,
  reasonAgainst,
} from '../tasks/approvers.ts';
import { exclusionsOf } from '../tasks/open-tasks.ts';
import { approverPoolOf, loadFacts } from '../tasks/task-facts.ts';

/** Steps that are escalated in one go; the rest is next, a quarter of an hour later. */
const maxEscalations = 200;

type Assignees = Assignment['assignees'];
type Overdue = Awaited<ReturnType<typeof listOverdueSteps>>[number];
type Holders = Awaited<ReturnType<typeof listAssignees>>;

/**
 * A step that nobody decides goes to the next ones in line, too: once, and while one of them is at work, except
 * emergencies. Who was asked first can still decide.
 * @param timeZone of people whose own is not known.
 * @returns how many steps were escalated.
 */
export async function escalateDue(ctx: Ctx, timeZone: string): Promise<number> {
  const overdue = await listOverdueSteps(ctx.db, ctx.now, escalateAfterHours);
  if (overdue.length === 0) return 0;
  const approverPoolFor = await loadCircles(ctx, overdue);
  const approved = await listApprovedSteps(
    ctx.db,
    overdue.map(({ task }) => task.id),
  );
  const holders = await listAssignees(
    ctx.db,
    overdue.map(({ step }) => step.id),
  );
  const isAtWork = workersOf(ctx, timeZone);
  let escalated = 0;
  for (const one of overdue) {
    if (escalated === maxEscalations) break;
    const next = await nextInLine(ctx, one.step, approverPoolFor(one.task), {
      exclusions: exclusionsOf(
        one.task,
        one.task,
        approved.filter(({ taskId }) => taskId === one.task.id),
      ),
      holders: holders.filter(({ assignee }) => assignee.stepId === one.step.id),
    });
    const mayWrite = next.length === 0 || one.task.emergency || (await isAtWork(next));
    if (mayWrite && (await inTransaction(ctx, (ctx) => escalate(ctx, one, next)))) escalated++;
  }
  return escalated;
}

async function loadCircles(ctx: Ctx, overdue: readonly Overdue[]) {
  const load = (kind: TaskKind) => {
    const ofKind = overdue.filter(({ task }) => task.kind === kind);
    const tasks = ofKind.map(({ task }) => task);
    return loadFacts(
      ctx,
      kind,
      tasks,
      ofKind.map(({ step }) => step),
    );
  };
  const facts = { grant: await load('grant'), revoke: await load('revoke') };
  return (task: Task) => approverPoolOf(facts[task.kind], task);
}

/** @returns false when somebody was faster: it is decided, or escalated. */
async function escalate(ctx: Ctx, { step, task }: Overdue, next: Assignees): Promise<boolean> {
  const waited = waitWords(step);
  const note = [step.note, await noteOf(ctx, next, waited)].filter(Boolean).join(' ');
  if (!(await markEscalated(ctx.db, step.id, { note, at: ctx.now }))) return false;
  await addAssignees(
    ctx.db,
    next.map(({ id, why, delegateOf }) => ({
      stepId: step.id,
      personId: id,
      why: `${why}, since nobody decided for ${waited}`,
      delegateOf,
      assignedAt: ctx.now,
    })),
  );
  await audit(ctx, 'step.escalate', subjectOf.task(task.id), {
    before: { step: step.position },
    after: { step: step.position, added: next.map(({ id }) => id) },
  });
  await redrawTask(ctx, task.id, undefined);
  return true;
}

/**
 * The next of the ladder who have not been asked, or passed it on, before. At the ladder's end: the manager of
 * who has it.
 */
async function nextInLine(
  ctx: Ctx,
  step: TaskStep,
  pool: ApproverPool | undefined,
  { exclusions, holders }: { exclusions: Exclusions; holders: Holders },
): Promise<Assignees> {
  const asked = new Set(holders.map(({ person }) => person.id));
  for (let from = 0; pool; ) {
    const { assignees, level } = chooseAssignees(step, pool, exclusions, from);
    if (assignees.length === 0) break;
    const others = assignees.filter(({ id }) => !asked.has(id));
    if (others.length > 0) return others;
    from = level + 1;
  }
  return managerAbove(ctx, step, exclusions, holders, asked);
}

/** Up the line of each holder until somebody may decide. A line that runs in a circle ends where it began. */
async function managerAbove(
  ctx: Ctx,
  step: TaskStep,
  exclusions: Exclusions,
  holders: Holders,
  asked: ReadonlySet<number>,
): Promise<Assignees> {
  for (const { assignee, person } of holders) {
    if (!assignee.active) continue;
    const seen = new Set([person.id]);
    for (let id = person.managerId; id !== null && !seen.has(id); ) {
      seen.add(id);
      const manager = await findPerson(ctx.db, id);
      if (!manager) break;
      const { name, closedAt } = manager;
      const active = manager.active && closedAt === null;
      if (!asked.has(id) && !reasonAgainst(step, { id, name, active }, exclusions)) {
        return [{ id, why: `the manager of ${person.name}`, delegateOf: null }];
      }
      id = manager.managerId;
    }
  }
  return [];
}

/** Whether any of these people is at work now; each is looked up once. */
function workersOf(ctx: Ctx, timeZone: string): (people: Assignees) => Promise<boolean> {
  const known = new Map<number, boolean>();
  return async (people) => {
    for (const { id } of people) {
      const isAtWork = known.get(id) ?? (await worksNow(ctx, id, timeZone));
      known.set(id, isAtWork);
      if (isAtWork) return true;
    }
    return false;
  };
}

async function worksNow(ctx: Ctx, personId: number, timeZone: string): Promise<boolean> {
  const identity = await findSlackIdentity(ctx.db, personId);
  const hours = (await loadPreferences(ctx, [personId]))(personId);
  return isWorkingTime(ctx.now, { ...hours, zones: [identity?.timeZone, timeZone] });
}

/** "Nobody decided for 3 days, so Kim Lee (an owner of GitHub) is asked, too." */
async function noteOf(ctx: Ctx, next: Assignees, waited: string): Promise<string> {
  const people = await listPeopleById(
    ctx.db,
    next.map(({ id }) => id),
  );
  const names = people.map(({ name }) => name).sort();
  if (names.length === 0) {
    return `Nobody decided for ${waited}, and there is nobody else to ask.`;
  }
  const are = names.length === 1 ? 'is' : 'are';
  return `Nobody decided for ${waited}, so ${names.join(' and ')} (${next[0]?.why}) ${are} asked, too.`;
}

/** "3 days", "5 hours" */
function waitWords({ options }: TaskStep): string {
  const hours = options.escalateAfterHours ?? escalateAfterHours;
  const [count, unit] = hours >= 24 && hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
