import type { App } from '@slack/bolt';
import { cancelAnalysis } from '../../../governance/role-mining/cancel-run.ts';
import { analyzeFilter, pastFilter } from '../../../governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import { decideOutlier, listOutliers } from '../../../governance/role-mining/outliers.ts';
import {
  changeSettings,
  findMinable,
  previewSettings,
  readMiningForm,
} from '../../../governance/role-mining/settings.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { outlierReasonView, outliersMessage } from '../../blocks/mining/outlier.ts';
import { answerAnalysis, startAnalysis } from '../../commands/mining.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { settingsForm } from './forms.ts';
import { readChange } from './settings-change.ts';

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

  onAction(app, deps, ids.analysisCancel, async ({ ctx, value, reply }) => {
    const { id } = await cancelAnalysis(ctx, Number(value));
    await reply({
      text: `The analysis of the whole organisation (run ${id}) is cancelled. The suggestions there were stay.`,
    });
  });

  onAction(app, deps, ids.settingsOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, async () => settingsForm(ctx, await readMiningForm(ctx)));
  });

  onAction(app, deps, ids.settingsPreview, async ({ ctx, client, view }) => {
    if (!view) return;
    const form = await readMiningForm(ctx);
    const change = readChange(view, form);
    const { suggestions, now, explainedPercent } = await previewSettings(ctx, miner, change);
    const preview = `These settings would leave ${suggestions} suggestions, which explain ${explainedPercent} % of the grants; now it is ${now}. Nothing is changed until you save.`;
    // The ids of the fields stay, so that Slack keeps what was typed.
    await updateModal(client, view.id, await settingsForm(ctx, form, preview));
  });

  onSearch(app, deps, ids.settingsEntitlement, async (ctx, query) =>
    (await findMinable(ctx, query)).map(({ id, app, name }) =>
      option(`${app} · ${name}`, String(id)),
    ),
  );

  onSubmit(app, deps, ids.settingsSave, 'minCohortSize', async ({ ctx, view }) => {
    await changeSettings(ctx, readChange(view, await readMiningForm(ctx)));
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
