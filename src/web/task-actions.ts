import type { Response } from 'express';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import type { TaskEntry } from '../governance/email-links/task-entry.ts';
import {
  commentByLink,
  decideByLink,
  findNewAssigneesByLink,
  handOnByLink,
  readTaskPage,
  reassignByLink,
  type TaskPage,
} from '../governance/email-links/task-page.ts';
import { cutSearch } from '../text.ts';
import { createFormToken, isFormFresh } from './form-token.ts';
import type { PageFrame } from './layout.ts';
import { type FormFields, type PageDeps, toHttpStatus } from './link-requests.ts';
import type { FormName, TaskFormState } from './task-forms.ts';
import { renderTaskPage } from './task-page.ts';

/** The page of a task behind a link, or in an inbox. */
export interface TaskDoor {
  entry: TaskEntry;
  /** The secret of the form tokens: the token of the link, or of the session. */
  key: string;
  /** What a form token stands for: in an inbox, also the task. */
  subjectOf(step: string, version: string): string;
  /** What stands around the page; undefined: the words about its link. */
  frame?: PageFrame | undefined;
  /** Creates the token of the form that opens the inbox, on the page of a link. */
  entryToken?(now: Date): string;
}

/** The reason why a form was refused, which form it was, and the HTTP status. */
type Problem = NonNullable<TaskFormState['problem']> & { status: number };

const staleForm =
  'This page was open for too long, so nothing was done. Check it and send it again; your text is still here.';

/** @returns the reason why nothing was done, undefined when the action succeeded. */
export async function runTaskForm(
  deps: PageDeps,
  door: TaskDoor,
  fields: FormFields,
): Promise<Problem | undefined> {
  const ctx = deps.newCtx();
  const action = isFormName(fields.do) ? fields.do : undefined;
  const form = action ?? 'decide';
  const { step = '', version = '', form: token = '' } = fields;
  if (!isFormFresh(door.key, door.subjectOf(step, version), token, ctx.now)) {
    return { sentence: staleForm, status: 403, form };
  }
  try {
    if (!action) throw new Refusal('invalid', 'Choose an action; nothing was done.');
    const run = () => actions[action](ctx, door.entry, fields);
    // The version of the step keeps a second decision out; nothing else keeps out a second comment.
    if (action === 'comment') await deps.spentForms.once(fields, ctx.now, run);
    else await run();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { sentence: error.message, status: toHttpStatus(error), form };
  }
}

type Action = (ctx: Ctx, entry: TaskEntry, fields: FormFields) => Promise<void>;

const actions: Record<FormName, Action> = {
  decide: async (ctx, entry, { decision, version, reason = '' }) => {
    if (decision !== 'yes' && decision !== 'no') {
      throw new Refusal('invalid', 'Choose one of the two decisions; nothing was done.');
    }
    const positive = decision === 'yes';
    await decideByLink(ctx, entry, { version: Number(version), positive, reason });
  },
  reassign: async (ctx, entry, { person, version, reason = '' }) => {
    if (!/^\d{1,9}$/.test(person ?? '')) throw new Refusal('invalid', 'Choose a new assignee.');
    await reassignByLink(ctx, entry, {
      version: Number(version),
      personId: Number(person),
      reason,
    });
  },
  'hand-on': (ctx, entry, { version }) => handOnByLink(ctx, entry, { version: Number(version) }),
  comment: (ctx, entry, { comment = '' }) => commentByLink(ctx, entry, comment),
};

function isFormName(name: string | undefined): name is FormName {
  return name !== undefined && Object.hasOwn(actions, name);
}

export async function sendTaskPage(
  deps: PageDeps,
  response: Response,
  request: {
    door: TaskDoor;
    /** Search words for a new assignee. */
    query: string | undefined;
    commentsPage?: number | undefined;
    /** The decision whose form opens with the focus. */
    decision?: string | undefined;
    input: FormFields;
    problem?: Problem | undefined;
  },
): Promise<void> {
  const { door, query, commentsPage, input, problem } = request;
  const ctx = deps.newCtx();
  const page = await readTaskPage(ctx, door.entry);
  const { version = 0, stepId = 0 } = page.choice ?? {};
  const chosen = input.decision ?? request.decision;
  const state: TaskFormState = {
    token: createFormToken(door.key, door.subjectOf(String(stepId), String(version)), ctx.now),
    version,
    stepId,
    problem,
    input,
    commentsPage,
    decision: chosen === 'yes' || chosen === 'no' ? chosen : undefined,
    search: query === undefined ? undefined : await searchCandidates(ctx, door, page, query),
    entryToken: door.entryToken?.(ctx.now),
  };
  response.status(problem?.status ?? 200).send(renderTaskPage(page, state, door.frame));
}

async function searchCandidates(
  ctx: Ctx,
  door: TaskDoor,
  { choice }: TaskPage,
  input: string,
): Promise<TaskFormState['search']> {
  const query = cutSearch(input);
  if (!choice?.reassignable || !query) return undefined;
  return { query, candidates: await findNewAssigneesByLink(ctx, door.entry, query) };
}
