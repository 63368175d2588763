import type { ModalView } from '@slack/web-api';
import { ids } from '../../ids.ts';
import { bold, plainText, section } from '../kit/elements.ts';

/** A form of one field: the words that go with what is about to be done. */
export function wordsView(form: {
  callbackId: string;
  /** What the submission is about. */
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
    close: plainText('Back', 24),
    blocks: [
      {
        type: 'input',
        block_id: form.field,
        label: plainText(form.label, 200),
        hint: plainText(form.hint, 150),
        element: {
          type: 'plain_text_input',
          action_id: form.field,
          multiline: true,
          max_length: form.max ?? 1_000,
        },
      },
    ],
  };
}

/** Asks for the reason of a denial, of "won't", or of a yes whose policy wants one. */
export function reasonView(choice: {
  callbackId: string;
  ref: string;
  label: string;
  question: string;
}): ModalView {
  return wordsView({
    callbackId: choice.callbackId,
    metadata: choice.ref,
    title: choice.label,
    field: 'reason',
    label: choice.question,
    hint: 'The requester is told your reason.',
  });
}

/** @param place 'details': the form lies on the Details of the task, which then show the comment. */
export function commentView(taskId: number, place: 'card' | 'details' = 'card'): ModalView {
  return wordsView({
    callbackId: ids.taskComment,
    metadata: `${taskId}.${place}`,
    title: 'Comment',
    field: 'comment',
    label: `Comment on task #${taskId}`,
    hint: 'Everybody who sees the task sees your comment. For a longer one, reply in the thread of the card.',
    max: 3_000,
  });
}

export const interventions = {
  cancel: 'Cancel task',
  skip: 'Skip this step',
  restart: 'Start anew',
} as const;

/** Asks a Super Admin why. */
export function interveneView(what: keyof typeof interventions, ref: string): ModalView {
  return wordsView({
    callbackId: ids.taskInterveneReason,
    metadata: `${what}.${ref}`,
    title: interventions[what],
    field: 'reason',
    label: 'Reason',
    hint: 'Everybody the task concerns can read it.',
  });
}

export function reassignView(ref: string, title: string): ModalView {
  const reason = wordsView({
    callbackId: ids.taskReassign,
    metadata: ref,
    title: 'Reassign to…',
    field: 'reason',
    label: 'Reason',
    hint: 'The new assignee reads it.',
  });
  return {
    ...reason,
    submit: plainText('Reassign', 24),
    blocks: [
      section(bold(title)),
      {
        type: 'input',
        block_id: 'person',
        label: plainText('New assignee', 75),
        element: {
          type: 'external_select',
          // Only those who may take this very step are offered.
          action_id: `${ids.personSearch}.step.${ref.split('.')[0]}`,
          min_query_length: 0,
          placeholder: plainText('Search by name', 75),
        },
      },
      ...reason.blocks,
    ],
  };
}
