import type { App, ViewOutput } from '@slack/bolt';
import { analyzeFilter, pastFilter } from '../../governance/analyses.ts';
import type { Miner } from '../../governance/miner.ts';
import {
  changeSettings,
  type MiningChange,
  previewSettings,
  readMiningForm,
} from '../../governance/mining-settings.ts';
import { decideOutlier, listOutliers } from '../../governance/outliers.ts';
import { openModal, updateModal } from '../answers.ts';
import { outlierReasonView, outliersMessage } from '../blocks/outlier.ts';
import { sentenceView } from '../blocks/sentence.ts';
import { numberSettings } from '../blocks/settings.ts';
import { answerAnalysis, startAnalysis } from '../commands/mining.ts';
import { ids } from '../ids.ts';
import { fieldOf, onAction, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';
import { settingsForm } from './forms.ts';

/** Refining and repeating analyses, the settings of mining, outliers. */
export function listenToMining(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.analysisRefine, async ({ ctx, value, reply }) => {
    const filter = JSON.parse(value) as Record<string, string[]>;
    await reply(answerAnalysis(await analyzeFilter(ctx, miner, filter)));
  });

  onAction(app, deps, ids.analysisAgain, async ({ ctx, value, reply }) => {
    const filter = await pastFilter(ctx, Number(value));
    if (!filter) return reply(await startAnalysis(ctx));
    await reply(answerAnalysis(await analyzeFilter(ctx, miner, filter)));
  });

  onAction(app, deps, ids.settingsOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, async () => settingsForm(ctx, await readMiningForm(ctx)));
  });

  onAction(app, deps, ids.settingsPreview, async ({ ctx, client, view }) => {
    if (!view) return;
    const change = readChange(view);
    const { suggestions, now, explainedPercent } = await previewSettings(ctx, miner, change);
    const preview = `These settings would leave ${suggestions} suggestions, which explain ${explainedPercent} % of the grants; now it is ${now}. Nothing is changed until you save.`;
    const form = await readMiningForm(ctx);
    // The ids of the fields stay, so that Slack keeps what was typed.
    await updateModal(client, view.id, await settingsForm(ctx, form, preview));
  });

  onSubmit(app, deps, ids.settingsSave, 'minCohortSize', async ({ ctx, view }) => {
    await changeSettings(ctx, readChange(view));
    const text =
      'Saved. The organisation is analysed with these settings now; you get a message when it is done.';
    return sentenceView('Role mining settings', text);
  });

  onAction(app, deps, ids.outlierList, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, async () => {
      const { blocks } = outliersMessage(await listOutliers(ctx));
      return { ...sentenceView('Outliers', ''), blocks };
    });
  });

  for (const [id, state] of [
    [ids.outlierKeep, 'kept'],
    [ids.outlierPropose, 'proposed'],
  ] as const) {
    onAction(app, deps, id, async ({ client, value, triggerId, view }) => {
      const form = outlierReasonView(value, state);
      await openModal(client, triggerId, async () => form, view?.type === 'modal');
    });
  }

  onSubmit(app, deps, ids.outlierDecide, 'reason', async ({ ctx, view }) => {
    const [state, personId, entitlementId] = view.private_metadata.split('.');
    await decideOutlier(
      ctx,
      { personId: Number(personId), entitlementId: Number(entitlementId) },
      {
        state: state === 'kept' ? 'kept' : 'proposed',
        reason: fieldOf(view.state.values, 'reason')?.value ?? '',
      },
    );
    const what = state === 'kept' ? 'Noted' : 'A revocation is proposed';
    return sentenceView('Outliers', `${what} with your name and reason; it is not listed again.`);
  });
}

/** What the form says; an attribute list that names all of them sets none, so that new ones count, too. */
function readChange({ state: { values }, blocks }: ViewOutput): MiningChange {
  const settings: Record<string, unknown> = {};
  for (const [name] of numberSettings) {
    const typed = fieldOf(values, name)?.value;
    if (typed) settings[name] = Number(typed);
  }
  const chosen = (fieldOf(values, 'dimensions')?.selected_options ?? []).map((one) => one.value);
  const offered = blocks.find((block) => 'block_id' in block && block.block_id === 'dimensions');
  const all =
    offered && 'element' in offered && 'options' in offered.element
      ? offered.element.options.length
      : 0;
  if (chosen.length > 0 && chosen.length < all) settings.dimensions = chosen;
  const excluded = fieldOf(values, 'excluded')?.selected_options ?? [];
  return {
    settings: settings as MiningChange['settings'],
    excludedIds: excluded.map((one) => Number(one.value)),
  };
}
