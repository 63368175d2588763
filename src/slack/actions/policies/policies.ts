import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changePolicy,
  createPolicy,
  deletePolicy,
  describeSteps,
  listPolicies,
  readPolicy,
  setDefaultPolicy,
} from '../../../governance/policies/policies.ts';
import { policyKindWords, type StepEdit } from '../../../governance/policies/steps.ts';
import { updateModal } from '../../answers.ts';
import { bold } from '../../blocks/kit/elements.ts';
import { describeSaved, sentenceView } from '../../blocks/kit/sentence.ts';
import { policiesView, policyView } from '../../blocks/policies/policies.ts';
import { readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { newPolicyButton, policyPageButton, policyPageForm } from '../../state/policies.ts';
import { draftForm, type PolicyDraft, toStepOrder } from '../../state/policy-draft.ts';
import { idButton } from '../../state/records.ts';
import { openOnTop, redrawOrOpen, requireWindow } from '../../windows.ts';
import { listenToRules } from './policy-rules.ts';
import { listenToPolicySteps, redrawDraft } from './policy-steps.ts';

/** Registers the list of policies, and the form that keeps a draft until it is saved. */
export function listenToPolicies(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.policyList, showPolicies);
  onAction(app, deps, ids.policyOpen, openPolicy);
  onAction(app, deps, ids.policyNew, openNewPolicy);
  onSubmit(app, deps, { id: ids.policySave, field: 'name', handle: savePolicy });
  onAction(app, deps, ids.policyDelete, removePolicy);
  onAction(app, deps, ids.policyDefault, makeDefault);
  listenToPolicySteps(app, deps);
  listenToRules(app, deps);
}

async function showPolicies(click: Click): Promise<void> {
  const place = policyPageButton.decode(click.value);
  await redrawOrOpen(click, () => policiesPage(click.ctx, place));
}

async function openPolicy(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  const list = findListBelow(click);
  await openOnTop(click, async () => {
    const { name, words, ...policy } = await readPolicy(click.ctx, id);
    return policyView({ ...policy, ...list }, name, words);
  });
}

async function openNewPolicy(click: Click): Promise<void> {
  const { kind, copied } = newPolicyButton.decode(click.value);
  if (copied !== undefined) return copyPolicy(click, copied);
  const { ctx } = click;
  const draft = newDraft(kind, newSteps(kind), findListBelow(click));
  const words = await describeSteps(ctx, draft.steps);
  await openOnTop(click, async () => policyView(draft, '', words));
}

/** A copy replaces its original in the modal: Slack stacks three modals, and a step needs the third. */
async function copyPolicy(click: Click, id: number): Promise<void> {
  const { ctx, client } = click;
  const window = requireWindow(click);
  const original = draftForm.decode(window.private_metadata);
  const { kind, steps, name } = await readPolicy(ctx, id);
  const draft = newDraft(kind, steps, original);
  const copyName = `Copy of ${name}`.slice(0, 60);
  await updateModal(
    client,
    window.id,
    policyView(draft, copyName, await describeSteps(ctx, steps)),
  );
}

async function savePolicy({ ctx, client, view }: Submission) {
  const draft = draftForm.decode(view.private_metadata);
  const input = { ...draft, name: readTypedText(view.state.values, 'name') };
  const saved = draft.id
    ? await changePolicy(ctx, { ...input, id: draft.id })
    : { ...(await createPolicy(ctx, input)), isChanged: true };
  await redrawList(ctx, client, draft, describeSaved(saved));
  return 'close' as const;
}

async function removePolicy(click: Click): Promise<void> {
  const { ctx, client, view } = click;
  const id = idButton.decode(click.value);
  const draft = draftForm.decode(view?.private_metadata);
  const { name } = await deletePolicy(ctx, { id, version: draft.version });
  const note = `${bold(name)} is deleted.`;
  await updateModal(client, view?.id, sentenceView('Policy', note));
  await redrawList(ctx, client, draft, note);
}

async function makeDefault({ ctx, client, value, view }: Click): Promise<void> {
  const id = idButton.decode(value);
  const draft = draftForm.decode(view?.private_metadata);
  const { name, kind } = await setDefaultPolicy(ctx, id);
  await redrawDraft(ctx, client, { viewId: view?.id, draft: { ...draft, isDefault: true }, name });
  const note = `${bold(name)} is now the default for ${policyKindWords[kind]}.`;
  await redrawList(ctx, client, draft, note);
}

type PolicyPage = Pick<PolicyDraft, 'kind' | 'page'>;

/** A page of the policies of a kind. @param note the result of the last action. */
export async function policiesPage(ctx: ActorCtx, { kind, page }: PolicyPage, note?: string) {
  return policiesView(await listPolicies(ctx), { kind, page, note });
}

async function redrawList(ctx: ActorCtx, client: WebClient, draft: PolicyDraft, note: string) {
  await updateModal(client, draft.window, await policiesPage(ctx, draft, note));
}

/** Finds the list below a form that opens. */
function findListBelow(click: Click): { window: string; page: number } {
  const window = requireWindow(click);
  return { window: window.id, page: policyPageForm.decode(window.private_metadata).page };
}

function newDraft(
  kind: PolicyDraft['kind'],
  steps: StepEdit[],
  { window, page }: { window: string; page: number },
): PolicyDraft {
  return { version: 0, kind, builtIn: false, isDefault: false, steps, window, page };
}

/** The steps of a new policy. */
function newSteps(kind: PolicyDraft['kind']): StepEdit[] {
  return toStepOrder(kind, [
    { kind: 'approval', approvers: 'manager', reassignable: true, options: {} },
    { kind: 'provision', approvers: 'provisioners', reassignable: true, options: {} },
  ]);
}
