import type { App, ViewOutput } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { addToProfile, createProfile } from '../../../governance/profiles/from-suggestion.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import {
  dismissSuggestion,
  listSuggestions,
  restoreSuggestion,
  reviewSuggestion,
  type SuggestionView,
} from '../../../governance/role-mining/suggestions.ts';
import { type Answer, updateModal } from '../../answers.ts';
import { actions, button, escapeText, section } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { listView, returnRule } from '../../blocks/mining/suggestion.ts';
import { reviewView } from '../../blocks/mining/suggestion-review.ts';
import { createRequestsText, profileView } from '../../blocks/profiles/profile.ts';
import { readTickedPage, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { type ReviewState, reviewForm } from '../../state/mining.ts';
import { idButton, idOption, pageButton, pageForm } from '../../state/records.ts';
import { openOnTop, redrawOrOpen, requireWindow } from '../../windows.ts';
import { listenToAnalyses } from './analyses.ts';

/** Registers the review of suggestions, and the form of a custom analysis. */
export function listenToSuggestions(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.suggestionReview, openReview);
  onAction(app, deps, ids.suggestionList, showSuggestions);
  onAction(app, deps, ids.suggestionPage, turnReview);
  onAction(app, deps, ids.suggestionDismiss, dismissFromCard);
  onAction(app, deps, ids.suggestionDismissRow, dismissRow);
  onAction(app, deps, ids.suggestionRestore, restoreRow);
  onAction(app, deps, ids.suggestionExtend, addToExistingProfile);
  onSubmit(app, deps, { id: ids.suggestionCreate, field: 'name', handle: createFromSuggestion });
  listenToAnalyses(app, deps, miner);
}

async function openReview(click: Click): Promise<void> {
  const state = { suggestionId: idButton.decode(click.value), page: 0, removed: [] };
  await openOnTop(click, async () =>
    reviewView(await reviewSuggestion(click.ctx, state.suggestionId), state),
  );
}

async function showSuggestions(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawOrOpen(click, async () =>
    listView((await listSuggestions(click.ctx)).suggestions, page),
  );
}

async function turnReview(click: Click): Promise<void> {
  const window = requireWindow(click);
  const state = { ...readReview(window), page: pageButton.decode(click.value) };
  const suggestion = await reviewSuggestion(click.ctx, state.suggestionId);
  await updateModal(click.client, window.id, reviewView(suggestion, state));
}

/** Dismisses a suggestion of a list. The list is drawn again where it can be. */
async function dismissRow(click: Click): Promise<void> {
  const dismissed = await dismissSuggestion(click.ctx, idButton.decode(click.value));
  await redrawList(click, dismissed);
  await answerInMessage(click, {
    text: `Dismissed: ${escapeText(dismissed.name)}. ${returnRule}`,
    blocks: [
      section(`Dismissed: ${escapeText(dismissed.name)}. ${returnRule}`),
      actions(`dismissed.${dismissed.suggestion.id}`, [
        button('Undo', ids.suggestionRestore, idButton.encode(dismissed.suggestion.id)),
      ]),
    ],
  });
}

async function restoreRow(click: Click): Promise<void> {
  const restored = await restoreSuggestion(click.ctx, idButton.decode(click.value));
  await redrawList(click);
  await answerInMessage(click, { text: `Open again: ${escapeText(restored.name)}.` });
}

async function redrawList({ ctx, client, view }: Click, dismissed?: SuggestionView): Promise<void> {
  if (view?.type !== 'modal' || view.callback_id !== ids.suggestionList) return;
  const page = pageForm.decode(view.private_metadata);
  await updateModal(
    client,
    view.id,
    listView((await listSuggestions(ctx)).suggestions, page, dismissed),
  );
}

/** A list in a modal shows the change itself; a click in a message gets an answer. */
async function answerInMessage({ view, reply }: Click, answer: Answer): Promise<void> {
  if (view?.type !== 'modal') await reply(answer);
}

async function dismissFromCard({ ctx, client, value, view, reply }: Click): Promise<void> {
  const dismissed = await dismissSuggestion(ctx, idButton.decode(value));
  const text = `Dismissed: ${escapeText(dismissed.name)}. ${returnRule}`;
  if (view?.type === 'modal') await updateModal(client, view.id, sentenceView('Dismissed', text));
  else await reply({ text });
}

async function addToExistingProfile(click: Click): Promise<void> {
  const { ctx, client } = click;
  const profileId = idButton.decode(click.value);
  const window = requireWindow(click);
  const review = await readReviewed(ctx, window);
  const { profile, added } = await addToProfile(ctx, { ...review, profileId });
  const result = `${added === 1 ? '1 entitlement is' : `${added} entitlements are`} now in “${profile.name}”. Members don't get ${added === 1 ? 'it' : 'them'} automatically. To request ${added === 1 ? 'it' : 'them'}, use Add members and tick “${createRequestsText}”.`;
  await updateModal(client, window.id, profileView(await viewProfile(ctx, profile.id), result));
}

async function createFromSuggestion({ ctx, view }: Submission) {
  const review = await readReviewed(ctx, view);
  const name = readTypedText(view.state.values, 'name');
  const profile = await createProfile(ctx, { ...review, name });
  const result = `Created the access profile “${profile.name}”. Nobody is enrolled yet.`;
  return profileView(await viewProfile(ctx, profile.id), result);
}

/** Reads the suggestion and its ticked entitlements. */
async function readReviewed(ctx: ActorCtx, view: ViewOutput) {
  const { suggestionId, removed } = readReview(view);
  const { evidence } = await reviewSuggestion(ctx, suggestionId);
  const all = evidence.map(({ entitlementId }) => entitlementId);
  return { suggestionId, entitlementIds: all.filter((id) => !removed.includes(id)) };
}

/**
 * Reads the entitlements unticked so far. The modal carries those of other pages; the shown page has them as boxes
 * without a tick.
 */
function readReview(view: ViewOutput): ReviewState {
  const state = reviewForm.decode(view.private_metadata);
  const { shown, ticked } = readTickedPage(view, idOption);
  const elsewhere = state.removed.filter((id) => !shown.includes(id));
  return { ...state, removed: [...elsewhere, ...shown.filter((id) => !ticked.includes(id))] };
}
