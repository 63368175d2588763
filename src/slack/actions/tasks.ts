import type { App } from '@slack/bolt';
import { Refusal } from '../../errors.ts';
import { commentOnTask } from '../../governance/comments.ts';
import { readDetails } from '../../governance/details.ts';
import { listMyTasks } from '../../governance/inbox.ts';
import type { StepRef } from '../../governance/open-step.ts';
import { findTakers } from '../../governance/person-search.ts';
import { peekReassignment, reassignStep } from '../../governance/reassignments.ts';
import { sendReminder } from '../../governance/reminders.ts';
import { type Intervention, intervene } from '../../governance/task-admin.ts';
import { cancelRequest, decideStep, peekStep } from '../../governance/tasks.ts';
import { openModal } from '../answers.ts';
import { personOption, say } from '../blocks/elements.ts';
import { sentenceView } from '../blocks/request.ts';
import { detailsView, tasksView } from '../blocks/task.ts';
import { commentView, interveneView, reasonView, reassignView } from '../blocks/task-forms.ts';
import { ids } from '../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';

/** What a button carries: the step and the version of it that the card shows. */
function refOf(value: string): StepRef {
  const [stepId, version] = value.split('.').map(Number);
  if (!Number.isInteger(stepId) || !Number.isInteger(version)) {
    throw new Refusal('invalid', 'This button is too old to be understood; open the task again.');
  }
  return { stepId: stepId ?? 0, version: version ?? 0 };
}

/** `skip.12.3`: what to do, and to which step. */
function interventionOf(value: string): { what: Intervention; ref: string } {
  const [what = '', ...ref] = value.split('.');
  return { what: what as Intervention, ref: ref.join('.') };
}

export function listenToTasks(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.taskYes, async ({ ctx, value }) => {
    await decideStep(ctx, refOf(value), { positive: true });
  });

  onAction(app, deps, ids.taskNo, async ({ ctx, client, value, triggerId, view }) => {
    // A dead card is answered at once; the reason is asked for only where it can still count.
    const { words, title } = await peekStep(ctx, refOf(value));
    const question = `${words.no.button}: ${title}. Why?`;
    const modal = reasonView({ ref: value, label: words.no.button, question });
    await openModal(client, triggerId, async () => modal, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.taskReason, 'reason', async ({ ctx, view }) => {
    const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
    await decideStep(ctx, refOf(view.private_metadata), { positive: false, reason });
    return 'close';
  });

  onAction(app, deps, ids.taskDetails, async ({ ctx, client, value, triggerId, view }) => {
    await openModal(
      client,
      triggerId,
      async () => detailsView(await readDetails(ctx, Number(value))),
      view?.type === 'modal',
    );
  });

  onAction(app, deps, ids.taskMore, async ({ ctx, client, value, triggerId }) => {
    const [what = '', ...rest] = value.split('.');
    if (what === 'comment') {
      return openModal(client, triggerId, async () => commentView(Number(rest[0])));
    }
    const ref = rest.join('.');
    const { title } = await peekReassignment(ctx, refOf(ref));
    await openModal(client, triggerId, async () => reassignView(ref, title));
  });

  onAction(app, deps, ids.taskReassignOpen, async ({ ctx, client, value, triggerId }) => {
    const { title } = await peekReassignment(ctx, refOf(value));
    await openModal(client, triggerId, async () => reassignView(value, title));
  });

  onAction(app, deps, ids.taskIntervene, async ({ client, value, triggerId }) => {
    const { what, ref } = interventionOf(value);
    await openModal(client, triggerId, async () => interveneView(what, ref));
  });

  onSubmit(app, deps, ids.taskInterveneReason, 'reason', async ({ ctx, view }) => {
    const { what, ref } = interventionOf(view.private_metadata);
    const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
    const task = await intervene(ctx, what, refOf(ref), reason);
    return sentenceView(
      'Done',
      `Task #${task.id} is ${task.state === 'open' ? 'going on' : task.state}.`,
    );
  });

  onSubmit(app, deps, ids.taskReassign, 'person', async ({ ctx, view }) => {
    const personId = Number(fieldOf(view.state.values, 'person')?.selected_option?.value);
    const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
    await reassignStep(ctx, refOf(view.private_metadata), { personId, reason });
    return 'close';
  });

  onSubmit(app, deps, ids.taskComment, 'comment', async ({ ctx, view }) => {
    const body = fieldOf(view.state.values, 'comment')?.value ?? '';
    await commentOnTask(ctx, Number(view.private_metadata), body);
    return 'close';
  });

  onAction(app, deps, ids.taskCancel, async ({ ctx, value, reply }) => {
    const task = await cancelRequest(ctx, Number(value));
    await reply({ text: `Request #${task.id} is cancelled.` });
  });

  onAction(app, deps, ids.taskRemind, async ({ ctx, value, reply }) => {
    const taskId = Number(value);
    const reminded = await sendReminder(ctx, taskId);
    await reply({ text: `Reminded ${say(reminded.join(' and '))} of #${taskId}.` });
  });

  onAction(app, deps, ids.taskList, async ({ ctx, client, triggerId, view }) => {
    const prepare = async () => {
      const { total, cards } = await listMyTasks(ctx, 6);
      return tasksView(total, cards);
    };
    await openModal(client, triggerId, prepare, view?.type === 'modal');
  });

  onSearch(app, deps, ids.personSearch, async (ctx, query, actionId) => {
    const people = await findTakers(ctx, query, actionId.endsWith('.request'));
    return people.map(personOption);
  });
}
