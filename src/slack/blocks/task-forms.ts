import type { ModalView } from '@slack/web-api';
import { ids } from '../ids.ts';
import { bold, plainText, section } from './elements.ts';

export const interventions = {
  cancel: 'Cancel task',
  skip: 'Skip this step',
  restart: 'Start anew',
} as const;

/** Asks a Super Admin why. */
export function interveneView(what: keyof typeof interventions, ref: string): ModalView {
  return {
    type: 'modal',
    callback_id: ids.taskInterveneReason,
    private_metadata: `${what}.${ref}`,
    title: plainText(interventions[what], 24),
    submit: plainText(interventions[what], 24),
    close: plainText('Back', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plainText('Reason', 75),
        hint: plainText('Everybody the task concerns can read it.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}

/** Asks for the reason of a denial or of "won't". */
export function reasonView(choice: { ref: string; label: string; question: string }): ModalView {
  return {
    type: 'modal',
    callback_id: ids.taskReason,
    private_metadata: choice.ref,
    title: plainText(choice.label, 24),
    submit: plainText(choice.label, 24),
    close: plainText('Back', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plainText(choice.question, 200),
        hint: plainText('The requester is told your reason.', 200),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}

export function reassignView(ref: string, title: string): ModalView {
  return {
    type: 'modal',
    callback_id: ids.taskReassign,
    private_metadata: ref,
    title: plainText('Reassign to…', 24),
    submit: plainText('Reassign', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(title)),
      {
        type: 'input',
        block_id: 'person',
        label: plainText('New assignee', 75),
        element: {
          type: 'external_select',
          action_id: ids.personSearch,
          min_query_length: 0,
          placeholder: plainText('Search by name', 75),
        },
      },
      {
        type: 'input',
        block_id: 'reason',
        label: plainText('Reason', 75),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}

export function commentView(taskId: number): ModalView {
  return {
    type: 'modal',
    callback_id: ids.taskComment,
    private_metadata: String(taskId),
    title: plainText('Comment', 24),
    submit: plainText('Comment', 24),
    close: plainText('Back', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'comment',
        label: plainText(`Comment on task #${taskId}`, 75),
        hint: plainText('Everybody who sees the task sees your comment.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'comment',
          multiline: true,
          max_length: 3_000,
        },
      },
    ],
  };
}
