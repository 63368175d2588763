import type { App, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  describeSteps,
  findUserGroups,
  readStepNames,
  validateDraftStep,
} from '../../../governance/policies/policies.ts';
import type { StepEdit } from '../../../governance/policies/steps.ts';
import { updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { policyView } from '../../blocks/policies/policies.ts';
import { stepView } from '../../blocks/policies/policy-step.ts';
import {
  type FieldValues,
  readChoice,
  readChoices,
  readNumber,
  readTicks,
  readTypedText,
} from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import {
  approversOption,
  byEmailOption,
  reassignOption,
  userGroupOption,
} from '../../state/policies.ts';
import {
  draftForm,
  type PolicyDraft,
  stepDraftForm,
  toStepOrder,
} from '../../state/policy-draft.ts';
import { idOption, lineButton } from '../../state/records.ts';
import { openOnTop, requireWindow } from '../../windows.ts';

/** Registers the steps of a draft. They are saved with the policy. */
export function listenToPolicySteps(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.stepNew, addStep);
  onAction(app, deps, ids.stepEdit, editStep);
  onAction(app, deps, ids.stepMove, moveStepUp);
  onAction(app, deps, ids.stepDelete, deleteStep);
  onAction(app, deps, ids.stepApprovers, redrawStepForm);
  onSearch(app, deps, ids.groupSearch, searchUserGroups);
  onSubmit(app, deps, { id: ids.stepSave, field: 'approvers', handle: submitStep });
}

/** A new step comes before the last one, which provisions or deprovisions. */
async function addStep(click: Click): Promise<void> {
  const { steps, ...draft } = readDraft(click.view);
  const all = [...steps.slice(0, -1), newStep, ...steps.slice(-1)];
  await openStep(click, { ...draft, steps: toStepOrder(draft.kind, all) }, steps.length - 1);
}

async function editStep(click: Click): Promise<void> {
  await openStep(click, readDraft(click.view), lineButton.decode(click.value));
}

async function openStep(click: Click, draft: PolicyDraft, at: number): Promise<void> {
  const place = { window: requireWindow(click).id, at, name: readDraftName(click.view), draft };
  await openOnTop(click, async () => {
    const step = draft.steps[at] ?? newStep;
    return stepView(step, await readStepNames(click.ctx, step), place);
  });
}

async function moveStepUp({ ctx, client, value, view }: Click): Promise<void> {
  const draft = readDraft(view);
  const steps = [...draft.steps];
  const at = lineButton.decode(value);
  steps.splice(at - 1, 0, ...steps.splice(at, 1));
  await redrawDraft(ctx, client, {
    viewId: view?.id,
    draft: withSteps(draft, steps),
    name: readDraftName(view),
  });
}

async function deleteStep({ ctx, client, value, view }: Click): Promise<void> {
  const draft = readDraft(view);
  const deleted = lineButton.decode(value);
  const steps = draft.steps.filter((_, at) => at !== deleted);
  await redrawDraft(ctx, client, {
    viewId: view?.id,
    draft: withSteps(draft, steps),
    name: readDraftName(view),
  });
}

/** Each kind of approver has other fields. */
async function redrawStepForm(click: Click): Promise<void> {
  const window = requireWindow(click);
  const place = stepDraftForm.decode(window.private_metadata);
  const step = readStep(window.state.values, place.draft.steps[place.at] ?? newStep);
  const names = await readStepNames(click.ctx, step);
  await updateModal(click.client, window.id, stepView(step, names, place));
}

async function searchUserGroups(ctx: ActorCtx, words: string) {
  const found = await findUserGroups(ctx, words);
  return found.map(({ id, handle, name }) =>
    option(`@${handle}`, userGroupOption.encode(id), name),
  );
}

async function submitStep({ ctx, client, view }: Submission) {
  const { draft, at, window, name } = stepDraftForm.decode(view.private_metadata);
  const before = draft.steps[at] ?? newStep;
  const step = await validateDraftStep(ctx, readStep(view.state.values, before));
  const steps = draft.steps.map((one, index) => (index === at ? step : one));
  await redrawDraft(ctx, client, { viewId: window, draft: withSteps(draft, steps), name });
  return 'close' as const;
}

/** Draws a draft again in its window. The typed name stays. */
export async function redrawDraft(
  ctx: ActorCtx,
  client: WebClient,
  { viewId, draft, name }: { viewId: string | undefined; draft: PolicyDraft; name: string },
): Promise<void> {
  const words = await describeSteps(ctx, draft.steps);
  await updateModal(client, viewId, policyView(draft, name, words));
}

const newStep: StepEdit = {
  kind: 'approval',
  approvers: 'application_owners',
  reassignable: true,
  options: {},
};

function withSteps(draft: PolicyDraft, steps: readonly StepEdit[]): PolicyDraft {
  return { ...draft, steps: toStepOrder(draft.kind, steps) };
}

function readDraft(view: ViewOutput | undefined): PolicyDraft {
  return draftForm.decode(view?.private_metadata);
}

function readDraftName(view: ViewOutput | undefined): string {
  return readTypedText(view?.state.values ?? {}, 'name');
}

/** Reads a step from its form. The check before saving drops options that the kind of approver does not use. */
function readStep(values: FieldValues, before: StepEdit): StepEdit {
  const ticked = readTicks(values, 'options');
  const people = readChoices(values, 'people', idOption);
  const group = readChoice(values, 'group', userGroupOption);
  const reassign = readChoice(values, 'reassign', reassignOption);
  const byEmail = readChoice(values, 'email', byEmailOption) ?? 'risk';
  return {
    kind: before.kind,
    approvers: readChoice(values, 'approvers', approversOption) ?? before.approvers,
    reassignable: reassign !== 'nobody',
    options: {
      ...(people ? { people } : {}),
      ...(group ? { userGroup: group } : {}),
      ...(reassign === 'owners' ? { reassignTo: 'owners' as const } : {}),
      ...readOptionalNumber(values, 'quorum', 'quorum'),
      allowSelfApproval: ticked.includes('self'),
      distinctApprovers: ticked.includes('distinct'),
      reasonToApprove: ticked.includes('reason'),
      approverMayProvision: ticked.includes('approver'),
      allowDelegation: ticked.includes('delegation'),
      ...(byEmail === 'risk' ? {} : { decideByEmail: byEmail === 'yes' }),
      ...readOptionalNumber(values, 'remind', 'remindAfterHours'),
      ...readOptionalNumber(values, 'escalate', 'escalateAfterHours'),
    },
  };
}

/** Reads a typed number. Text that is not a number becomes NaN, which the check refuses. */
function readOptionalNumber(
  values: FieldValues,
  field: string,
  name: string,
): Record<string, number> {
  return readTypedText(values, field).trim() === '' ? {} : { [name]: readNumber(values, field) };
}
