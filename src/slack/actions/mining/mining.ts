import type { App } from '@slack/bolt';
import { cancelAnalysis } from '../../../governance/role-mining/cancel-run.ts';
import { analyzeFilter, readPastFilter } from '../../../governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import { decideOutlier, listOutliers } from '../../../governance/role-mining/outliers.ts';
import { openModal } from '../../answers.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { outlierReasonView, outliersMessage } from '../../blocks/mining/outlier.ts';
import { answerAnalysis, startAnalysis } from '../../commands/mining.ts';
import { readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { cohortButton, outlierForm } from '../../state/mining.ts';
import { idButton } from '../../state/records.ts';
import { grantButton } from '../../state/requests.ts';
import { openOnTop } from '../../windows.ts';
import { listenToMiningSettings } from './settings.ts';

/** Registers refined and repeated analyses, outliers, and the settings of mining. */
export function listenToMining(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.analysisRefine, (click) => refineAnalysis(click, miner));
  onAction(app, deps, ids.analysisAgain, (click) => repeatAnalysis(click, miner));
  onAction(app, deps, ids.analysisCancel, stopAnalysis);
  onAction(app, deps, ids.outlierList, showOutliers);
  onAction(app, deps, ids.outlierKeep, (click) => askOutlierReason(click, 'kept'));
  onAction(app, deps, ids.outlierPropose, (click) => askOutlierReason(click, 'proposed'));
  onSubmit(app, deps, { id: ids.outlierDecide, field: 'reason', handle: submitOutlierDecision });
  listenToMiningSettings(app, deps, miner);
}

async function refineAnalysis({ ctx, value, reply }: Click, miner: Miner): Promise<void> {
  await reply(answerAnalysis(await analyzeFilter(ctx, miner, cohortButton.decode(value))));
}

async function repeatAnalysis({ ctx, value, reply }: Click, miner: Miner): Promise<void> {
  const filter = await readPastFilter(ctx, idButton.decode(value));
  if (!filter) return reply(await startAnalysis(ctx));
  await reply(answerAnalysis(await analyzeFilter(ctx, miner, filter)));
}

async function stopAnalysis({ ctx, value, reply }: Click): Promise<void> {
  const { id } = await cancelAnalysis(ctx, idButton.decode(value));
  await reply({
    text: `The analysis of the whole organization (run ${id}) is canceled. Existing suggestions are unchanged.`,
  });
}

async function showOutliers({ ctx, client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, async () => {
    const { blocks } = outliersMessage(await listOutliers(ctx));
    return { ...sentenceView('Outliers', ''), blocks };
  });
}

async function askOutlierReason(click: Click, state: 'kept' | 'proposed'): Promise<void> {
  const form = outlierReasonView(grantButton.decode(click.value), state);
  await openOnTop(click, async () => form);
}

async function submitOutlierDecision({ ctx, view }: Submission) {
  const { state, ...outlier } = outlierForm.decode(view.private_metadata);
  await decideOutlier(ctx, outlier, { state, reason: readTypedText(view.state.values, 'reason') });
  const done = state === 'kept' ? 'The access is kept' : 'A revocation is proposed';
  return sentenceView(
    'Outliers',
    `${done}, with your name and reason. The outlier is not listed again.`,
  );
}
