import { Refusal } from '../../../errors.ts';
import { decideStep, prepareDecision } from '../../../governance/decisions/decide-step.ts';
import { reasonView } from '../../blocks/tasks/task-forms.ts';
import { readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import type { Click, Submission } from '../../listen.ts';
import { stepButton, stepForm } from '../../state/tasks.ts';
import { openOnTop } from '../../windows.ts';
import { redrawTaskList, taskListIn } from './task-lists.ts';

/** Decides at once; where the policy wants a reason to approve, it is asked for. */
export async function approveStep(click: Click): Promise<void> {
  const { ctx, client, view } = click;
  const ref = stepButton.decode(click.value);
  const shown = taskListIn(view);
  try {
    await decideStep(ctx, ref, { positive: true });
  } catch (error) {
    if (!isReasonMissing(error)) throw error;
    await askReason(click, 'yes');
  } finally {
    await redrawTaskList(ctx, client, view?.id, shown);
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
  await decideStep(ctx, ref, { positive, reason: readTypedText(view.state.values, 'reason') });
  await redrawTaskList(ctx, client, view.previous_view_id, below);
  return 'close' as const;
}

function isReasonMissing(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'invalid' && error.field === 'reason';
}

/** An outdated card is answered at once: the reason is asked for only where it can still count. */
async function askReason(click: Click, answer: 'yes' | 'no'): Promise<void> {
  const ref = stepButton.decode(click.value);
  const { words, title } = await prepareDecision(click.ctx, ref);
  const label = words[answer].button;
  const form = reasonView(
    { ref, below: taskListIn(click.view) },
    {
      callbackId: answer === 'yes' ? ids.taskYesReason : ids.taskReason,
      label,
      question: `${label}: ${title}. Why?`,
    },
  );
  await openOnTop(click, async () => form);
}
