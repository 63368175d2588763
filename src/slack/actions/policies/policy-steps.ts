import type { App, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  checkDraftStep,
  describeSteps,
  findUserGroups,
  readStepNames,
} from '../../../governance/policies/policies.ts';
import type { approverWords, StepEdit } from '../../../governance/policies/steps.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { policyView } from '../../blocks/policies/policies.ts';
import {
  inOrder,
  type PolicyDraft,
  packDraft,
  unpackDraft,
} from '../../blocks/policies/policy-draft.ts';
import { stepView } from '../../blocks/policies/policy-step.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

type Values = ViewOutput['state']['values'];

/** What the form of a step carries: the draft it belongs to, that draft's window, and which step it is. */
interface StepPlace {
  form: string;
  at: number;
  /** What is typed as the name of the policy. */
  name: string;
  draft: string;
}

/** The steps of a draft; nothing is saved before the policy is. */
export function listenToPolicySteps(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.stepEdit, async ({ ctx, client, value, triggerId, view }) => {
    const draft = unpackDraft(view?.private_metadata ?? '');
    const isNew = value === 'new';
    const at = isNew ? draft.steps.length - 1 : Number(value);
    const steps = isNew ? inOrder(draft.kind, withNew(draft.steps)) : draft.steps;
    const place = [view?.id ?? '', at, nameIn(view), packDraft({ ...draft, steps })].join('\n');
    const draw = async () => {
      const step = steps[at] ?? freshStep;
      return stepView(step, await readStepNames(ctx, step), place);
    };
    await openModal(client, triggerId, draw, true);
  });

  onAction(app, deps, ids.stepMove, async ({ ctx, client, value, view }) => {
    const draft = unpackDraft(view?.private_metadata ?? '');
    const steps = [...draft.steps];
    const at = Number(value);
    steps.splice(at - 1, 0, ...steps.splice(at, 1));
    await redrawDraft(ctx, client, view, reordered(draft, steps), nameIn(view));
  });

  onAction(app, deps, ids.stepDelete, async ({ ctx, client, value, view }) => {
    const draft = unpackDraft(view?.private_metadata ?? '');
    const steps = draft.steps.filter((_, at) => at !== Number(value));
    await redrawDraft(ctx, client, view, reordered(draft, steps), nameIn(view));
  });

  onAction(app, deps, ids.stepApprovers, async ({ ctx, client, view }) => {
    const { draft, at } = placeIn(view);
    const step = readStep(view?.state.values ?? {}, unpackDraft(draft).steps[at] ?? freshStep);
    const names = await readStepNames(ctx, step);
    await updateModal(client, view?.id, stepView(step, names, view?.private_metadata ?? ''));
  });

  onSearch(app, deps, ids.groupSearch, async (ctx, words) =>
    (await findUserGroups(ctx, words)).map(({ id, handle, name }) =>
      option(`@${handle}`, id, name),
    ),
  );

  onSubmit(app, deps, ids.stepSave, 'approvers', async ({ ctx, client, view }) => {
    const { draft: packed, at, form, name } = placeIn(view);
    const draft = unpackDraft(packed);
    const before = draft.steps[at] ?? freshStep;
    const step = await checkDraftStep(ctx, readStep(view.state.values, before));
    const steps = draft.steps.map((one, index) => (index === at ? step : one));
    await redrawDraft(ctx, client, { id: form }, reordered(draft, steps), name);
    return 'close';
  });
}

/** Draws a draft anew in its window; what is typed as its name stays. */
export async function redrawDraft(
  ctx: ActorCtx,
  client: WebClient,
  view: Pick<ViewOutput, 'id'> | undefined,
  draft: PolicyDraft,
  name: string,
): Promise<void> {
  const words = await describeSteps(ctx, draft.steps);
  await updateModal(client, view?.id, policyView(draft, name, words));
}

const freshStep: StepEdit = {
  kind: 'approval',
  approvers: 'application_owners',
  reassignable: true,
  options: {},
};

/** A new step comes before the one that carries it out. */
function withNew(steps: readonly StepEdit[]): StepEdit[] {
  return [...steps.slice(0, -1), freshStep, ...steps.slice(-1)];
}

function reordered(draft: PolicyDraft, steps: readonly StepEdit[]): PolicyDraft {
  return { ...draft, steps: inOrder(draft.kind, steps) };
}

function placeIn(view: ViewOutput | undefined): StepPlace {
  const [form = '', at, name = '', ...draft] = (view?.private_metadata ?? '').split('\n');
  return { form, at: Number(at), name, draft: draft.join('\n') };
}

function nameIn(view: ViewOutput | undefined): string {
  return fieldOf(view?.state.values ?? {}, 'name')?.value ?? '';
}

/** The step as its form says. What is not on the form any more is checked away when it is saved. */
function readStep(values: Values, before: StepEdit): StepEdit {
  const choice = (field: string) => fieldOf(values, field)?.selected_option?.value;
  const chosen = fieldOf(values, 'options')?.selected_options ?? [];
  const ticked = chosen.map(({ value }) => value);
  const people = fieldOf(values, 'people')?.selected_options?.map(({ value }) => Number(value));
  const group = choice('group');
  const reassign = choice('reassign');
  const email = choice('email') ?? 'risk';
  return {
    kind: before.kind,
    approvers: (choice('approvers') ?? before.approvers) as keyof typeof approverWords,
    reassignable: reassign !== 'nobody',
    options: {
      ...(people ? { people } : {}),
      ...(group ? { userGroup: group } : {}),
      ...(reassign === 'owners' ? { reassignTo: 'owners' as const } : {}),
      ...numberOf(values, 'quorum', 'quorum'),
      allowSelfApproval: ticked.includes('self'),
      distinctApprovers: ticked.includes('distinct'),
      reasonToApprove: ticked.includes('reason'),
      approverMayProvision: ticked.includes('approver'),
      allowDelegation: ticked.includes('delegation'),
      ...(email === 'risk' ? {} : { decideByEmail: email === 'yes' }),
      ...numberOf(values, 'remind', 'remindAfterHours'),
      ...numberOf(values, 'escalate', 'escalateAfterHours'),
    },
  };
}

/** What is typed as a number; what is none becomes one that is refused. */
function numberOf(values: Values, field: string, name: string): Record<string, number> {
  const typed = fieldOf(values, field)?.value?.trim();
  return typed ? { [name]: Number(typed) } : {};
}
