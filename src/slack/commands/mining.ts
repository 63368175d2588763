import type { ActorCtx } from '../../governance/context.ts';
import {
  type Analysis,
  analyzeFilter,
  findManagerValue,
  listAnalyses,
} from '../../governance/role-mining/cohort-analysis.ts';
import { listOutliers } from '../../governance/role-mining/outliers.ts';
import { explainNothingToMine, requestAnalysis } from '../../governance/role-mining/runs.ts';
import { readMiningSettings } from '../../governance/role-mining/settings.ts';
import { listDismissed, listSuggestions } from '../../governance/role-mining/suggestions.ts';
import { analysisForm, settingsForm } from '../actions/mining/forms.ts';
import { rulePoliciesPage } from '../actions/rules/rule-pages.ts';
import { type Answer, openModal } from '../answers.ts';
import { formatTime } from '../blocks/kit/elements.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { analysisMessage, historyMessage, startedMessage } from '../blocks/mining/analysis.ts';
import { outliersMessage } from '../blocks/mining/outlier.ts';
import { dismissedMessage, listMessage } from '../blocks/mining/suggestion.ts';
import { ids } from '../ids.ts';
import { pageButton } from '../state/records.ts';
import type { CommandCall } from './call.ts';
import { managerDimension, parseCohort, parseMention } from './parse.ts';
import { findNamedPerson } from './people.ts';

export async function showSuggestions({ ctx, reply, rest }: CommandCall): Promise<void> {
  if (/^dismissed$/i.test(rest)) return reply(dismissedMessage(await listDismissed(ctx)));
  const { suggestions: list, run } = await listSuggestions(ctx);
  if (list.length > 0) return reply(listMessage(list));
  const nothing = await explainNothingToMine(ctx);
  const last = run?.finishedAt ? ` The last analysis ran ${formatTime(run.finishedAt)}.` : '';
  await reply({
    text:
      nothing ??
      `There are no open suggestions.${last} Type \`/rolemine analyze all\` to look again.`,
  });
}

export async function runAnalyze(call: CommandCall): Promise<void> {
  const { ctx, reply, rest, miner } = call;
  if (rest === '') return openAnalysis(call);
  if (/^(all|everyone|everybody|everything)$/i.test(rest)) return reply(await startAnalysis(ctx));
  const filter = parseCohort(rest);
  const managers = filter[managerDimension];
  if (managers) {
    filter[managerDimension] = await Promise.all(managers.map((one) => readManager(call, one)));
  }
  await reply(answerAnalysis(await analyzeFilter(ctx, miner, filter)));
}

/** Starts the analysis of the whole organization. The report comes later as a message. */
export async function startAnalysis(ctx: ActorCtx): Promise<Answer> {
  const run = await requestAnalysis(ctx);
  return startedMessage(run.id);
}

export function answerAnalysis(analysis: Analysis): Answer {
  return {
    ...analysisMessage(analysis, 'table'),
    classic: analysisMessage(analysis, 'classic'),
  };
}

export async function showHistory({ ctx, reply }: CommandCall): Promise<void> {
  await reply(historyMessage(await listAnalyses(ctx)));
}

export async function showOutliers({ ctx, reply }: CommandCall): Promise<void> {
  await reply(outliersMessage(await listOutliers(ctx)));
}

export async function openSettings({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  const form = await readMiningSettings(ctx);
  if (triggerId) return openModal({ client, triggerId }, () => settingsForm(ctx, form));
  await reply(openerMessage('Change the thresholds of role mining.', 'Settings', ids.settingsOpen));
}

/** `/rolemine rules` */
export async function showRules({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  // Read before a modal opens, so that a refusal is an answer and not a modal.
  const view = await rulePoliciesPage(ctx, 0);
  if (triggerId) return openModal({ client, triggerId }, async () => view);
  await reply(
    openerMessage(
      'Manage mining rules and the rules in force.',
      'Mining rules',
      ids.rulePolicyList,
      pageButton.encode(0),
    ),
  );
}

async function readManager(call: CommandCall, word: string): Promise<string> {
  const isName = !parseMention(word) && !word.includes('@');
  // A source may name managers by id, which is no name of a person.
  if (isName) {
    const named = await findNamedPerson(call, word).catch(() => undefined);
    return named === undefined ? word : findManagerValue(call.ctx, named);
  }
  if (!parseMention(word)) return word;
  return findManagerValue(call.ctx, await findNamedPerson(call, word));
}

async function openAnalysis({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  // Read before a modal opens, so that a refusal is an answer and not a modal.
  const form = await analysisForm(ctx, undefined);
  if (triggerId) return openModal({ client, triggerId }, async () => form);
  await reply(openerMessage('Choose a group of people to analyze.', 'Analyze', ids.analysisOpen));
}
