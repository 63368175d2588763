import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { analyzeFilter } from '../../../governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../governance/role-mining/miner.ts';
import { openModal, updateModal } from '../../answers.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { analysisMessage } from '../../blocks/mining/analysis.ts';
import { wholeOrganization } from '../../blocks/mining/analysis-form.ts';
import { startAnalysis } from '../../commands/mining.ts';
import { readChoice, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { dimensionOption, dimensionSearchId, dimensionValueOption } from '../../state/mining.ts';
import { analysisForm, suggestValues } from './forms.ts';

/** Registers the form of a custom analysis. */
export function listenToAnalyses(app: App, deps: SlackDeps, miner: Miner): void {
  onAction(app, deps, ids.analysisOpen, openAnalysisForm);
  onAction(app, deps, ids.analysisDimension, offerValues);
  onSearch(app, deps, ids.analysisValue, searchValues);
  onSubmit(app, deps, {
    id: ids.analysisSubmit,
    field: 'dimension',
    handle: (form) => submitAnalysis(form, miner),
  });
}

async function openAnalysisForm({ ctx, client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, () => analysisForm(ctx, undefined));
}

async function offerValues({ ctx, client, value, view }: Click): Promise<void> {
  await updateModal(client, view?.id, await analysisForm(ctx, dimensionOption.decode(value)));
}

async function searchValues(ctx: ActorCtx, words: string, actionId: string) {
  return suggestValues(ctx, dimensionSearchId.decode(actionId), words);
}

async function submitAnalysis({ ctx, view }: Submission, miner: Miner) {
  const { values } = view.state;
  const dimension = readChoice(values, 'dimension', dimensionOption) ?? wholeOrganization;
  if (dimension === wholeOrganization) {
    return sentenceView('Analyze', (await startAnalysis(ctx)).text);
  }
  const value = requireChoice(values, 'value', dimensionValueOption);
  const analysis = await analyzeFilter(ctx, miner, { [dimension]: [value] });
  const { blocks } = analysisMessage(analysis, 'classic');
  return { ...sentenceView('Analyze', ''), blocks };
}
