import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import {
  changeSettings,
  previewSettings,
  readMiningSettings,
  searchMinableEntitlements,
} from '../../../governance/role-mining/settings.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { openModal, updateModal } from '../../answers.ts';
import { entitlementOption } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { requireWindow } from '../../windows.ts';
import { settingsForm } from './forms.ts';
import { readChange } from './settings-change.ts';

/** Registers the settings of mining and their preview. */
export function listenToMiningSettings(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.settingsOpen, openSettings);
  onAction(app, deps, ids.settingsPreview, (click) => previewChange(click, miner));
  onSearch(app, deps, ids.settingsEntitlement, searchEntitlements);
  onSubmit(app, deps, { id: ids.settingsSave, field: 'minCohortSize', handle: submitSettings });
}

async function openSettings({ ctx, client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, async () =>
    settingsForm(ctx, await readMiningSettings(ctx)),
  );
}

/** The ids of the fields stay, so that Slack keeps typed text. */
async function previewChange(click: Click, miner: Miner): Promise<void> {
  const { ctx, client } = click;
  const window = requireWindow(click);
  const form = await readMiningSettings(ctx);
  const change = readChange(window, form);
  const { suggestions, currentSuggestions, explainedPercent } = await previewSettings(
    ctx,
    miner,
    change,
  );
  const preview = `These settings give ${formatCount(suggestions, 'suggestion')}, which explain ${explainedPercent} % of the grants. The current settings give ${currentSuggestions}. Nothing changes until you save.`;
  await updateModal(client, window.id, await settingsForm(ctx, form, preview));
}

async function searchEntitlements(ctx: ActorCtx, words: string) {
  return (await searchMinableEntitlements(ctx, words)).map((one) => entitlementOption(one));
}

async function submitSettings({ ctx, view }: Submission) {
  await changeSettings(ctx, readChange(view, await readMiningSettings(ctx)));
  const text =
    'Saved. The organization is analyzed with these settings now. You get a message when it is done.';
  return sentenceView('Role mining settings', text);
}
