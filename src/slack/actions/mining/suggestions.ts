import type { App, ViewOutput } from '@slack/bolt';
import { addToProfile, createProfile } from '../../../governance/profiles/from-suggestion.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { analyzeFilter } from '../../../governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import {
  dismissSuggestion,
  listSuggestions,
  reviewSuggestion,
} from '../../../governance/role-mining/suggestions.ts';
import { openModal, updateModal } from '../../answers.ts';
import { say } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { analysisMessage } from '../../blocks/mining/analysis.ts';
import { wholeOrganization } from '../../blocks/mining/analysis-form.ts';
import { listView } from '../../blocks/mining/suggestion.ts';
import { type ReviewState, reviewView } from '../../blocks/mining/suggestion-review.ts';
import { profileView } from '../../blocks/profiles/profile.ts';
import { startAnalysis } from '../../commands/mining.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { analysisForm, suggestValues } from './forms.ts';

export function listenToSuggestions(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.suggestionReview, async ({ ctx, client, value, triggerId, view }) => {
    const state = { suggestionId: Number(value), page: 0, removed: [] };
    await openModal(
      client,
      triggerId,
      async () => reviewView(await reviewSuggestion(ctx, state.suggestionId), state),
      view?.type === 'modal',
    );
  });

  onAction(app, deps, ids.suggestionList, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => listView((await listSuggestions(ctx)).suggestions, Number(value));
    if (view?.type === 'modal') return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw);
  });

  onAction(app, deps, ids.suggestionPage, async ({ ctx, client, value, view }) => {
    if (!view) return;
    const state = readReview(view);
    const shown = await reviewSuggestion(ctx, state.suggestionId);
    await updateModal(client, view.id, reviewView(shown, { ...state, page: Number(value) }));
  });

  onAction(app, deps, ids.suggestionDismiss, async ({ ctx, client, value, view, reply }) => {
    const dismissed = await dismissSuggestion(ctx, Number(value));
    const text = `Dismissed: ${say(dismissed.name)}. It comes back only if its evidence grows.`;
    if (view?.type === 'modal') await updateModal(client, view.id, sentenceView('Dismissed', text));
    else await reply({ text });
  });

  onAction(app, deps, ids.suggestionExtend, async ({ ctx, client, value, view }) => {
    if (!view) return;
    const { suggestionId, removed } = readReview(view);
    const { evidence } = await reviewSuggestion(ctx, suggestionId);
    const kept = evidence.map((one) => one.entitlementId).filter((id) => !removed.includes(id));
    const profileId = Number(value.split('.')[1]);
    const { profile, added } = await addToProfile(ctx, {
      suggestionId,
      profileId,
      entitlementIds: kept,
    });
    const news = `${added === 1 ? '1 entitlement is' : `${added} entitlements are`} now in “${profile.name}”. Its members are not given them by that; Add members with the tick asks for them.`;
    await updateModal(client, view.id, profileView(await viewProfile(ctx, profile.id), news));
  });

  onSubmit(app, deps, ids.suggestionCreate, 'name', async ({ ctx, view }) => {
    const { suggestionId, removed } = readReview(view);
    const { evidence } = await reviewSuggestion(ctx, suggestionId);
    const profile = await createProfile(ctx, {
      suggestionId,
      name: fieldOf(view.state.values, 'name')?.value ?? '',
      entitlementIds: evidence
        .map((one) => one.entitlementId)
        .filter((id) => !removed.includes(id)),
    });
    const news = `The access profile “${profile.name}” is created. Nobody is enrolled yet.`;
    return profileView(await viewProfile(ctx, profile.id), news);
  });

  onAction(app, deps, ids.analysisOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, () => analysisForm(ctx, undefined));
  });

  onAction(app, deps, ids.analysisDimension, async ({ ctx, client, value, view }) => {
    await updateModal(client, view?.id, await analysisForm(ctx, value));
  });

  onSearch(app, deps, ids.analysisValue, (ctx, query, actionId) =>
    suggestValues(ctx, carried(actionId), query),
  );

  onSubmit(app, deps, ids.analysisSubmit, 'dimension', async ({ ctx, view }) => {
    const { values } = view.state;
    const dimension = fieldOf(values, 'dimension')?.selected_option?.value ?? wholeOrganization;
    if (dimension === wholeOrganization) {
      return sentenceView('Analyze', (await startAnalysis(ctx)).text);
    }
    const value = fieldOf(values, 'value')?.selected_option?.value ?? '';
    const analysis = await analyzeFilter(ctx, miner, { [dimension]: [value] });
    const { blocks } = analysisMessage(analysis, 'classic');
    return { ...sentenceView('Analyze', ''), blocks };
  });
}

/**
 * The entitlements taken out so far: those of other pages are kept in the modal, those of the page that is
 * shown are the boxes without a tick.
 */
function readReview(view: ViewOutput): ReviewState {
  const state = JSON.parse(view.private_metadata) as ReviewState;
  const shown = view.blocks.flatMap((block) => {
    const element = 'element' in block ? block.element : undefined;
    return element?.type === 'checkboxes' && 'options' in element
      ? element.options.map((option) => Number(option.value))
      : [];
  });
  const ticked = new Set(
    Object.entries(view.state.values)
      .filter(([blockId]) => blockId.startsWith('ticks.'))
      .flatMap(([, fields]) => Object.values(fields))
      .flatMap((field) => field.selected_options ?? [])
      .map((option) => Number(option.value)),
  );
  const elsewhere = state.removed.filter((id) => !shown.includes(id));
  return { ...state, removed: [...elsewhere, ...shown.filter((id) => !ticked.has(id))] };
}
