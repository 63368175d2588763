import type { App, ViewOutput } from '@slack/bolt';
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
import { policyKindWords } from '../../../governance/policies/steps.ts';
import { openModal, updateModal } from '../../answers.ts';
import { bold } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { policiesView, policyView } from '../../blocks/policies/policies.ts';
import {
  newSteps,
  type PolicyDraft,
  taskKindOf,
  unpackDraft,
} from '../../blocks/policies/policy-draft.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { listenToRules } from './policy-rules.ts';
import { listenToPolicySteps, redrawDraft } from './policy-steps.ts';

/** Managing policies: the list, and a form that keeps a draft until it is saved. */
export function listenToPolicies(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.policyList, async ({ ctx, client, value, triggerId, view }) => {
    const draw = () => policiesPage(ctx, value);
    if (view?.type === 'modal') await updateModal(client, view.id, await draw());
    else await openModal(client, triggerId, draw);
  });

  onAction(app, deps, ids.policyOpen, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => {
      const { name, words, ...policy } = await readPolicy(ctx, Number(value));
      return policyView({ ...policy, ...placeOf(view) }, name, words);
    };
    await openModal(client, triggerId, draw, true);
  });

  // A copy takes the place of what is copied: Slack stacks no more than three windows, and a step needs one.
  onAction(app, deps, ids.policyNew, async ({ ctx, client, value, triggerId, view }) => {
    const [word, copied] = value.split('.');
    const kind = taskKindOf(word);
    const policy = copied ? await readPolicy(ctx, Number(copied)) : undefined;
    const steps = policy?.steps ?? newSteps(kind);
    const fresh = { version: 0, kind, builtIn: false, isDefault: false, steps };
    const place = policy && view ? unpackDraft(view.private_metadata) : placeOf(view);
    const draft = { ...fresh, list: place.list, page: place.page };
    const name = policy ? `Copy of ${policy.name}`.slice(0, 60) : '';
    const words = await describeSteps(ctx, steps);
    if (policy) await updateModal(client, view?.id, policyView(draft, name, words));
    else await openModal(client, triggerId, async () => policyView(draft, name, words), true);
  });

  onSubmit(app, deps, ids.policySave, 'name', async ({ ctx, client, view }) => {
    const draft = unpackDraft(view.private_metadata);
    const input = { ...draft, name: fieldOf(view.state.values, 'name')?.value ?? '' };
    const saved = draft.id
      ? await changePolicy(ctx, { ...input, id: draft.id })
      : { ...(await createPolicy(ctx, input)), isChanged: true };
    const note = saved.isChanged
      ? `${bold(saved.name)} is saved.`
      : `Nothing changed about ${bold(saved.name)}.`;
    await redrawList(ctx, client, draft, note);
    return 'close';
  });

  onAction(app, deps, ids.policyDelete, async ({ ctx, client, value, view }) => {
    const draft = unpackDraft(view?.private_metadata ?? '');
    const { name } = await deletePolicy(ctx, { id: Number(value), version: draft.version });
    await updateModal(client, view?.id, sentenceView('Policy', `${bold(name)} is deleted.`));
    await redrawList(ctx, client, draft, `${bold(name)} is deleted.`);
  });

  onAction(app, deps, ids.policyDefault, async ({ ctx, client, value, view }) => {
    const { name, kind } = await setDefaultPolicy(ctx, Number(value));
    const draft = unpackDraft(view?.private_metadata ?? '');
    await redrawDraft(ctx, client, view, { ...draft, isDefault: true }, name);
    const note = `${bold(name)} is now the default of ${policyKindWords[kind]}.`;
    await redrawList(ctx, client, draft, note);
  });

  listenToPolicySteps(app, deps);
  listenToRules(app, deps);
}

/** A page of the policies of a kind. @param place "grant.0" */
export async function policiesPage(ctx: ActorCtx, place: string, note?: string) {
  const [kind, page] = place.split('.');
  return policiesView(await listPolicies(ctx), {
    kind: taskKindOf(kind),
    page: Number(page) || 0,
    note,
  });
}

async function redrawList(ctx: ActorCtx, client: WebClient, draft: PolicyDraft, note: string) {
  const place = `${draft.kind}.${draft.page}`;
  await updateModal(client, draft.list, await policiesPage(ctx, place, note));
}

/** The list a form was opened from. */
function placeOf(view: ViewOutput | undefined): { list: string; page: number } {
  return { list: view?.id ?? '', page: Number(view?.private_metadata.split('.')[1]) || 0 };
}
