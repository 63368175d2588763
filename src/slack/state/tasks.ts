import { z } from 'zod';
import type { Intervention } from '../../governance/decisions/intervene.ts';
import { stepKinds } from '../../governance/policies/step-kinds.ts';
import { tabs } from '../../governance/task-cards/inbox.ts';
import type { StepRef } from '../../governance/tasks/step-ref.ts';
import { blockIdCodec, buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotless, dotted, freeText, optional, rowId, wholeNumber } from './parts.ts';

const stepKind = z.enum(stepKinds);
const stepFields = { stepId: rowId, version: wholeNumber };

/** The version of a step that a card shows. */
export const stepButton = buttonCodec(dotted(stepFields));
export const stepOption = optionCodec(dotted(stepFields));

/** The menu of a card. */
export const taskMenuOption = optionCodec(
  z.union([
    dotted({ action: z.enum(['reassign', 'with']), ...stepFields }),
    dotted({ action: z.literal('comment'), taskId: rowId }),
  ]),
);

/** The interventions of Super Admins, in the order of the menu. */
export const interventionKinds = [
  'cancel',
  'skip',
  'restart',
] as const satisfies readonly Intervention[];
const intervention = z.enum(interventionKinds);
export const interventionOption = optionCodec(dotted({ intervention, ...stepFields }));

const inboxPlace = dotted({ tab: z.enum(tabs), page: wholeNumber });
export const inboxPlaceButton = buttonCodec(inboxPlace);
export const inboxPlaceForm = formCodec(inboxPlace);

const openQuery = dotted({
  kind: optional(stepKind),
  personId: optional(rowId),
  order: z.enum(['oldest', 'newest']),
  page: wholeNumber,
});
export const openQueryButton = buttonCodec(openQuery);
export const openQueryForm = formCodec(openQuery);

/** Tasks in a window: the reader's own list, all open tasks for Super Admins, or the details of one. */
const taskList = z.union([
  dotted({ list: z.literal('inbox'), place: inboxPlace }),
  dotted({ list: z.literal('open'), query: openQuery }),
  dotted({ list: z.literal('details'), taskId: rowId }),
  // The answer to a command. Only its address can change it.
  dotted({ list: z.literal('inboxAnswer'), tab: z.enum(tabs), url: freeText }),
  dotted({ list: z.literal('requestsAnswer'), url: freeText }),
]);
export type TaskList = z.output<typeof taskList>;

/** The buttons of a row in the answer to a command: which list the answer has. `id`: a step or a task. */
export const answerRow = blockIdCodec(
  'answer',
  z.union([
    dotted({ of: z.literal('inbox'), tab: z.enum(tabs), id: rowId }),
    dotted({ of: z.literal('requests'), id: rowId }),
  ]),
);

/** The step of a form, and the list of tasks below the form. The list is drawn again after the decision. */
export const stepForm = formCodec(dotted({ ...stepFields, below: optional(taskList) }));
export const interventionForm = formCodec(
  dotted({ intervention, ...stepFields, below: optional(taskList) }),
);

/** A task to comment on. The window below the form is drawn again with the comment. */
export const commentForm = formCodec(dotted({ taskId: rowId, below: optional(taskList) }));

export const decisionOption = optionCodec(z.enum(['yes', 'no']));

/** The kind of the steps to decide at once. */
export const bulkButton = buttonCodec(stepKind);

/** The steps ticked so far on all pages. */
export interface Selection {
  kind: (typeof stepKinds)[number];
  page: number;
  /** Grows when the program sets ticks: Slack keeps a person's ticks under the same block id. */
  round: number;
  chosen: StepRef[];
}

/**
 * Steps as `1:5k,3,z;2:4`: grouped by version, and each written as its distance from the one before. So 500 steps
 * take less than 2,600 of the 3,000 characters. They come back in the order of their versions and ids.
 */
const steps = z.codec(
  z.string().regex(/^(\d+:[\da-z]+(,[\da-z]+)*(;|$))*$/),
  z.array(z.object({ stepId: z.int().min(1), version: z.int().min(0) })),
  {
    decode: (text) => text.split(';').flatMap((group) => (group === '' ? [] : readGroup(group))),
    encode: (chosen) =>
      [...new Set(chosen.map(({ version }) => version))]
        .sort((a, b) => a - b)
        .map((version) => writeGroup(version, chosen))
        .join(';'),
  },
);

function writeGroup(version: number, chosen: readonly StepRef[]): string {
  const ids = chosen.filter((ref) => ref.version === version).map(({ stepId }) => stepId);
  ids.sort((a, b) => a - b);
  const gaps = ids.map((stepId, at) => (stepId - (ids[at - 1] ?? 0)).toString(36));
  return `${version}:${gaps.join(',')}`;
}

function readGroup(group: string): StepRef[] {
  const [version, gaps = ''] = group.split(':');
  let stepId = 0;
  return gaps.split(',').map((gap) => {
    stepId += Number.parseInt(gap, 36);
    return { stepId, version: Number(version) };
  });
}

export const selectionForm = formCodec<Selection>(
  dotted({ kind: stepKind, page: wholeNumber, round: wholeNumber, chosen: steps }),
);

/** The first block of a message identifies the message, so that a message with a lost answer can be found. */
export const messageBlock = blockIdCodec(
  'message',
  dotted({ kind: dotless, subjectId: wholeNumber }),
);
