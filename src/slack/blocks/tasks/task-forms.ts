import type { ModalView } from '@slack/web-api';
import type { Intervention } from '../../../governance/decisions/intervene.ts';
import type { StepRef } from '../../../governance/tasks/step-ref.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import { commentForm, interventionForm, stepForm, type TaskList } from '../../state/tasks.ts';
import { bold, plainText, section } from '../kit/elements.ts';
import { inputBlock, searchField } from '../kit/fields.ts';

/** The step of a form, and the list of tasks below the form, if any. */
interface StepFormPlace {
  ref: StepRef;
  below: TaskList | undefined;
}

/** A form with one text field: a reason or a comment. */
export function textFormView(form: {
  callbackId: string;
  /** Codes the subject of the form. */
  metadata: string;
  title: string;
  field: 'reason' | 'comment';
  label: string;
  hint: string;
  max?: number;
}): ModalView {
  return {
    type: 'modal',
    callback_id: form.callbackId,
    private_metadata: form.metadata,
    title: plainText(form.title, 24),
    submit: plainText(form.title, 24),
    close: plainText('Cancel', 24),
    blocks: [
      inputBlock(
        form.field,
        form.label,
        {
          type: 'plain_text_input',
          action_id: form.field,
          multiline: true,
          max_length: form.max ?? 1_000,
        },
        { hint: form.hint },
      ),
    ],
  };
}

/** Asks for the reason of a denial, of "won't", or of an approval if the policy requires one. */
export function reasonView(
  { ref, below }: StepFormPlace,
  form: { callbackId: string; button: string; title: string },
): ModalView {
  const reason = textFormView({
    callbackId: form.callbackId,
    metadata: stepForm.encode({ ...ref, below }),
    title: form.button,
    field: 'reason',
    label: 'Reason',
    hint: 'The requester sees your reason.',
  });
  return { ...reason, blocks: [section(bold(form.title)), ...reason.blocks] };
}

/** A decision with a comment, and for a request with an earlier end. */
export function decideWithView(
  { ref, below }: StepFormPlace,
  form: { button: string; title: string; until: string | undefined; isRequest: boolean },
): ModalView {
  const { button: yes, title, until, isRequest } = form;
  const comment = {
    type: 'plain_text_input',
    action_id: 'reason',
    multiline: true,
    max_length: 1_000,
  } as const;
  const hint = until ? `At the latest ${until}.` : 'The request has no end.';
  return {
    type: 'modal',
    callback_id: ids.taskWith,
    private_metadata: stepForm.encode({ ...ref, below }),
    title: plainText(isRequest ? 'Approve with…' : yes, 24),
    submit: plainText(yes, 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(bold(title)),
      inputBlock('reason', 'Comment', comment, {
        hint: isRequest
          ? 'Everybody who sees the task sees your comment.'
          : 'For example a ticket number. Everybody who sees the task sees it.',
        optional: true,
      }),
      ...(isRequest
        ? [
            inputBlock(
              'last_day',
              'Earlier last day',
              { type: 'datepicker', action_id: 'last_day' },
              { hint, optional: true },
            ),
          ]
        : []),
    ],
  };
}

/** @param below the window below the form, which then shows the comment */
export function commentView(taskId: number, below: TaskList | undefined): ModalView {
  return textFormView({
    callbackId: ids.taskComment,
    metadata: commentForm.encode({ taskId, below }),
    title: 'Comment',
    field: 'comment',
    label: `Comment on task #${taskId}`,
    hint: 'Everybody who sees the task sees your comment. For a longer comment, reply in the thread of the card.',
    max: 3_000,
  });
}

export const interventionLabels = {
  cancel: 'Cancel task',
  skip: 'Skip this step',
  restart: 'Restart task',
} as const satisfies Record<Intervention, string>;

/** Asks a Super Admin for the reason. */
export function interveneView(
  intervention: Intervention,
  { ref, below }: StepFormPlace,
): ModalView {
  return textFormView({
    callbackId: ids.taskInterveneReason,
    metadata: interventionForm.encode({ intervention, ...ref, below }),
    title: interventionLabels[intervention],
    field: 'reason',
    label: 'Reason',
    hint: 'Everybody who sees the task sees your reason.',
  });
}

export function reassignView({ ref, below }: StepFormPlace, title: string): ModalView {
  const reason = textFormView({
    callbackId: ids.taskReassign,
    metadata: stepForm.encode({ ...ref, below }),
    title: 'Reassign to…',
    field: 'reason',
    label: 'Reason',
    hint: 'The new assignee sees your reason.',
  });
  return {
    ...reason,
    submit: plainText('Reassign', 24),
    blocks: [
      section(bold(title)),
      searchField('person', 'New assignee', {
        // The search lists only people who may take this step.
        actionId: personSearchId.encode({ purpose: 'step', stepId: ref.stepId }),
        placeholder: 'Search by name',
      }),
      ...reason.blocks,
    ],
  };
}
