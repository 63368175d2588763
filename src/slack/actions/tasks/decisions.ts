import { Refusal } from '../../../errors.ts';
import { readerZone } from '../../../governance/context.ts';
import { decideStep, prepareDecision } from '../../../governance/decisions/decide-step.ts';
import { stepWords } from '../../../governance/policies/step-kinds.ts';
import type { StepRef } from '../../../governance/tasks/step-ref.ts';
import { formatEnd } from '../../../governance/wording/relative-time.ts';
import { decideWithView, reasonView } from '../../blocks/tasks/task-forms.ts';
import { readDay, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import type { Click, Submission } from '../../listen.ts';
import { stepButton, stepForm } from '../../state/tasks.ts';
import { openOnTop } from '../../windows.ts';
import { readTaskList, redrawTaskList } from './task-lists.ts';

/** Decides at once. If the policy requires a reason to approve, the form asks for it. */
export async function approveStep(click: Click): Promise<void> {
  const { ctx, client, view } = click;
  const ref = stepButton.decode(click.value);
  const list = readTaskList(click);
  let note: string | undefined;
  try {
    const task = await decideStep(ctx, ref, { positive: true });
    note = `You decided #${task.id}.`;
  } catch (error) {
    if (!isReasonMissing(error)) throw error;
    await askReason(click, 'yes');
  } finally {
    await redrawTaskList(ctx, client, { viewId: view?.id, list, note });
  }
}

export async function askReasonToDeny(click: Click): Promise<void> {
  await askReason(click, 'no');
}

export async function approveWithReason(submission: Submission) {
  return decideWithReason(submission, true);
}

export async function denyWithReason(submission: Submission) {
  return decideWithReason(submission, false);
}

async function decideWithReason({ ctx, client, view }: Submission, positive: boolean) {
  const { below, ...ref } = stepForm.decode(view.private_metadata);
  const reason = readTypedText(view.state.values, 'reason');
  const task = await decideStep(ctx, ref, { positive, reason });
  const note = `You decided #${task.id}.`;
  await redrawTaskList(ctx, client, { viewId: view.previous_view_id, list: below, note });
  return 'close' as const;
}

/** Opens the form of a decision with a comment and an earlier end. */
export async function openOptions(click: Click, ref: StepRef): Promise<void> {
  const { ctx } = click;
  const { words, title, task } = await prepareDecision(ctx, ref);
  const form = decideWithView(
    { ref, below: readTaskList(click) },
    {
      button: words.yes.button,
      title,
      isRequest: words === stepWords.approval,
      until: task.accessUntil ? formatEnd(task.accessUntil, readerZone(ctx)) : undefined,
    },
  );
  await openOnTop(click, async () => form);
}

export async function decideWithOptions({ ctx, client, view }: Submission) {
  const { below, ...ref } = stepForm.decode(view.private_metadata);
  const { values } = view.state;
  const lastDay = readDay(values, 'last_day');
  const reason = readTypedText(values, 'reason');
  const task = await decideStep(ctx, ref, { positive: true, reason, lastDay });
  const note = `You decided #${task.id}.`;
  await redrawTaskList(ctx, client, { viewId: view.previous_view_id, list: below, note });
  return 'close' as const;
}

function isReasonMissing(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'invalid' && error.field === 'reason';
}

/** Checks the step before it asks for a reason, so that an outdated card is refused at once. */
async function askReason(click: Click, answer: 'yes' | 'no'): Promise<void> {
  const ref = stepButton.decode(click.value);
  const { words, title } = await prepareDecision(click.ctx, ref);
  const form = reasonView(
    { ref, below: readTaskList(click) },
    {
      callbackId: answer === 'yes' ? ids.taskYesReason : ids.taskReason,
      button: words[answer].button,
      title,
    },
  );
  await openOnTop(click, async () => form);
}
