import { Refusal } from '../../errors.ts';
import { decideMany, maxBulkTasks } from '../../governance/decisions/bulk-decide.ts';
import { validateReason } from '../../governance/email-links/task-page.ts';
import type { stepKinds } from '../../governance/policies/step-kinds.ts';
import {
  type BriefTask,
  listSelectableTasks,
  loadInbox,
  stepKindOfTab,
  tabs,
} from '../../governance/task-cards/inbox.ts';
import type { StepRef } from '../../governance/tasks/step-ref.ts';
import { readFields, readQuery, readValues } from '../link-requests.ts';
import { type BulkReview, renderBulkResult, renderBulkReview } from './bulk-page.ts';
import { frameOf } from './frame.ts';
import { renderTaskList } from './task-list-page.ts';
import { type FormProblem, runInboxForm, tokenFor, type Visit } from './visit.ts';

type StepKind = (typeof stepKinds)[number];

const pageLength = 25;
const subject = 'tasks';

export async function showTasks(visit: Visit): Promise<void> {
  const { request } = visit;
  await sendTasks(visit, {
    list: readQuery(request, 'list'),
    page: Number(readQuery(request, 'page') ?? 1),
    ticked: readQuery(request, 'select') === 'all' ? 'all' : new Set(),
  });
}

/** Handles the boxes of a list, and the page after it that names what will be decided. */
export async function handleTasks(visit: Visit): Promise<void> {
  const { do: action, list = '' } = readFields(visit.request);
  const kind = stepKindOfTab(tabs.find((tab) => tab === list) ?? 'reviews');
  if (!kind) return sendTasks(visit, { list, page: 1, ticked: new Set() });
  return action === 'decide' ? decide(visit, kind) : review(visit, kind);
}

async function sendTasks(
  visit: Visit,
  shown: {
    list: string | undefined;
    page: number;
    ticked: ReadonlySet<number> | 'all';
    problem?: FormProblem;
  },
): Promise<void> {
  const { ctx, response } = visit;
  const { list, page, ticked, problem } = shown;
  const place = list === undefined ? undefined : { tab: list, page: page - 1 };
  const inbox = await loadInbox(ctx, place, pageLength);
  const state = {
    token: tokenFor(visit, subject),
    zone: visit.zone,
    ticked,
    problem: problem?.sentence,
    frame: frameOf(visit, 'tasks'),
  };
  response.status(problem?.status ?? 200).send(renderTaskList(inbox, state));
}

/** Shows what a decision about the selected tasks would decide. It changes nothing. */
async function review(visit: Visit, kind: StepKind, problem?: FormProblem): Promise<void> {
  const fields = readFields(visit.request);
  const steps = readSteps(visit);
  const tooMany = steps.length > maxBulkTasks;
  if (steps.length === 0 || tooMany) {
    const sentence = tooMany
      ? `Select at most ${maxBulkTasks} tasks at once.`
      : 'Select at least one task.';
    return sendTasks(visit, {
      list: kind,
      page: Number(fields.page ?? 1),
      ticked: new Set(),
      problem: { sentence, status: 422 },
    });
  }
  const choices = await selectTasks(visit, { kind, steps, positive: fields.decision === 'yes' });
  const state = {
    token: tokenFor(visit, subject),
    reason: fields.reason ?? '',
    problem: problem?.sentence,
    frame: frameOf(visit, 'tasks'),
  };
  visit.response.status(problem?.status ?? 200).send(renderBulkReview(choices, state));
}

async function selectTasks(
  { ctx }: Visit,
  { kind, steps, positive }: { kind: StepKind; steps: readonly StepRef[]; positive: boolean },
): Promise<BulkReview> {
  const { tasks: own } = await listSelectableTasks(ctx, kind, 0, maxBulkTasks);
  const byStep = new Map(own.map((task) => [task.stepId, task]));
  const found: BriefTask[] = steps.flatMap(({ stepId, version }) => {
    const task = byStep.get(stepId);
    return task?.version === version ? [task] : [];
  });
  const isPossible = ({ byEmail }: BriefTask) => byEmail || !positive;
  return {
    kind,
    positive,
    tasks: found.filter(isPossible),
    onlyInSlack: found.filter((task) => !isPossible(task)),
    changed: steps.length - found.length,
  };
}

async function decide(visit: Visit, kind: StepKind): Promise<void> {
  const steps = readSteps(visit);
  const problem = await runInboxForm(visit, subject, async (ctx, { decision, reason = '' }) => {
    if (decision !== 'yes' && decision !== 'no') {
      throw new Refusal('invalid', 'Choose one of the two decisions; nothing was done.');
    }
    validateReason(reason);
    const outcome = await decideMany(ctx, { steps, positive: decision === 'yes', comment: reason });
    visit.response.send(renderBulkResult(outcome, kind, frameOf(visit, 'tasks')));
  });
  if (problem) await review(visit, kind, problem);
}

/** Reads the ticked steps, each once: "12.3" is step 12 in version 3. */
function readSteps({ request }: Visit): StepRef[] {
  const steps = readValues(request, 'step').flatMap((value) => {
    const [, stepId, version] = /^(\d{1,9})\.(\d{1,9})$/.exec(value) ?? [];
    return stepId && version ? [{ stepId: Number(stepId), version: Number(version) }] : [];
  });
  return [...new Map(steps.map((step) => [step.stepId, step])).values()];
}
