import type { App } from '@slack/bolt';
import { Refusal } from '../../../errors.ts';
import { cancelRequest, decideStep, peekStep } from '../../../governance/decisions/decide-step.ts';
import { type Intervention, intervene } from '../../../governance/decisions/intervene.ts';
import {
  findStepTakers,
  peekReassignment,
  reassignStep,
} from '../../../governance/decisions/reassign-step.ts';
import { findAssignable, findDelegates } from '../../../governance/people/person-search.ts';
import { sendReminder } from '../../../governance/reminders/reminders.ts';
import type { StepRef } from '../../../governance/tasks/step-ref.ts';
import { openModal } from '../../answers.ts';
import { personOption, say } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import {
  commentView,
  interveneView,
  reasonView,
  reassignView,
} from '../../blocks/tasks/task-forms.ts';
import { carried, ids } from '../../ids.ts';
import {
  type Click,
  fieldOf,
  onAction,
  onSearch,
  onSubmit,
  type Submission,
} from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { placeIn, redrawList } from './inbox.ts';

/** What a button carries: the step and the version of it that the card shows. */
function refOf(value: string): StepRef {
  const [stepId, version] = value.split('.').map(Number);
  if (!Number.isInteger(stepId) || !Number.isInteger(version)) {
    throw new Refusal('invalid', 'This button is too old to be understood; open the task again.');
  }
  return { stepId: stepId ?? 0, version: version ?? 0 };
}

/** Draws the list again that lies under a form. @param from where in its metadata the list's place begins. */
function redrawBelow({ ctx, client, view }: Submission, from: number): Promise<void> {
  const place = view.private_metadata.split('.').slice(from).join('.');
  return redrawList(ctx, client, view.previous_view_id, place && `.${place}`);
}

/** `skip.12.3`: what to do, and to which step. */
function interventionOf(value: string): { what: Intervention; ref: string } {
  const [what = '', ...ref] = value.split('.');
  return { what: what as Intervention, ref: ref.join('.') };
}

/** Some policies want a reason of who agrees, too. */
function isReasonMissing(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'invalid' && error.field === 'reason';
}

/** A dead card is answered at once; the reason is asked for only where it can still count. */
async function askWhy(
  { ctx, client, value, triggerId, view }: Click,
  answer: 'yes' | 'no',
): Promise<void> {
  const { words, title } = await peekStep(ctx, refOf(value));
  const label = words[answer].button;
  const modal = reasonView({
    callbackId: answer === 'yes' ? ids.taskYesReason : ids.taskReason,
    ref: `${value}${placeIn(view)}`,
    label,
    question: `${label}: ${title}. Why?`,
  });
  await openModal(client, triggerId, async () => modal, view?.type === 'modal');
}

export function listenToTasks(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.taskYes, async (click) => {
    const { ctx, client, value, view } = click;
    try {
      await decideStep(ctx, refOf(value), { positive: true });
    } catch (error) {
      if (!isReasonMissing(error)) throw error;
      return await askWhy(click, 'yes');
    } finally {
      await redrawList(ctx, client, view?.id, placeIn(view));
    }
  });

  onAction(app, deps, ids.taskNo, (click) => askWhy(click, 'no'));

  for (const [id, positive] of [
    [ids.taskYesReason, true],
    [ids.taskReason, false],
  ] as const) {
    onSubmit(app, deps, id, 'reason', async (submission) => {
      const { ctx, view } = submission;
      const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
      await decideStep(ctx, refOf(view.private_metadata), { positive, reason });
      await redrawBelow(submission, 2);
      return 'close';
    });
  }

  onAction(app, deps, ids.taskMore, async ({ ctx, client, value, triggerId, view }) => {
    const [what = '', ...rest] = value.split('.');
    const onTop = view?.type === 'modal';
    if (what === 'comment') {
      return openModal(client, triggerId, async () => commentView(Number(rest[0])), onTop);
    }
    const ref = rest.join('.');
    const { title } = await peekReassignment(ctx, refOf(ref));
    await openModal(
      client,
      triggerId,
      async () => reassignView(`${ref}${placeIn(view)}`, title),
      onTop,
    );
  });

  onAction(app, deps, ids.taskReassignOpen, async ({ ctx, client, value, triggerId, view }) => {
    const { title } = await peekReassignment(ctx, refOf(value));
    const modal = reassignView(`${value}${placeIn(view)}`, title);
    await openModal(client, triggerId, async () => modal, view?.type === 'modal');
  });

  onAction(app, deps, ids.taskIntervene, async ({ client, value, triggerId, view }) => {
    const { what, ref } = interventionOf(value);
    const modal = interveneView(what, `${ref}${placeIn(view)}`);
    await openModal(client, triggerId, async () => modal, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.taskInterveneReason, 'reason', async (submission) => {
    const { ctx, view } = submission;
    const { what, ref } = interventionOf(view.private_metadata);
    const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
    const task = await intervene(ctx, refOf(ref), { action: what, reason });
    await redrawBelow(submission, 3);
    return sentenceView(
      'Done',
      `Task #${task.id} is ${task.state === 'open' ? 'going on' : task.state}.`,
    );
  });

  onSubmit(app, deps, ids.taskReassign, 'person', async (submission) => {
    const { ctx, view } = submission;
    const personId = Number(fieldOf(view.state.values, 'person')?.selected_option?.value);
    const reason = fieldOf(view.state.values, 'reason')?.value ?? '';
    await reassignStep(ctx, refOf(view.private_metadata), { personId, reason });
    await redrawBelow(submission, 2);
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

  onSearch(app, deps, ids.personSearch, async (ctx, query, actionId) => {
    const [purpose, stepId] = carried(actionId).split('.');
    const people =
      purpose === 'step'
        ? await findStepTakers(ctx, Number(stepId), query)
        : purpose === 'delegate'
          ? await findDelegates(ctx, query)
          : await findAssignable(ctx, query, purpose === 'request');
    return people.map(personOption);
  });
}
