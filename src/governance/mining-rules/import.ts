import { Refusal } from '../../errors.ts';
import { listCategories } from '../../store/catalog/catalog-pages.ts';
import { listMiningRules, lockMiningRules } from '../../store/rules/mining-rules.ts';
import { listRulePolicyNames } from '../../store/rules/rule-policies.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { findNearestWord } from '../wording/nearest-word.ts';
import { describeMiningRule } from './describe.ts';
import { addMiningRule } from './mining-rules.ts';
import { maxRulePolicyNameLength } from './rule-policies.ts';
import { type MiningRulesForm, readMiningRules, type WrittenMiningRule } from './rules-file.ts';
import { miningRuleEdit } from './validation.ts';
import { explainCategory } from './warnings.ts';

/** What an import of mining rules did, or what is wrong with its file. */
export interface ImportedMiningRules {
  /** `line:column: what is wrong`; with any, nothing was added. */
  problems: string[];
  warnings: string[];
  /** Names of the rule policies that were made. */
  policies: string[];
  /** In words. */
  added: string[];
  /** Those that were there already, in words. */
  known: string[];
}

/**
 * Adds the mining rules of a file that are not there yet, and the rule policies they name, in one transaction. What
 * is there stays as it is. A dry run does all of it and takes it back.
 */
export async function importMiningRules(
  ctx: Ctx,
  file: { text: string; form: MiningRulesForm; dryRun?: boolean },
): Promise<ImportedMiningRules> {
  const { written, problems, warnings } = readMiningRules(file.text, file.form);
  const nothing = { problems, warnings, policies: [], added: [], known: [] };
  if (problems.length > 0) return nothing;
  try {
    return await inTransaction(ctx, async (ctx) => {
      await lockMiningRules(ctx.db);
      const wrong = await listProblems(ctx, written);
      if (wrong.length > 0) return { ...nothing, problems: wrong };
      const result = { ...nothing, ...(await addMissing(ctx, written)) };
      if (file.dryRun) throw new TakenBack(result);
      return result;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    if (error instanceof Misfit) return { ...nothing, problems: [error.message] };
    throw error;
  }
}

/** Ends the transaction of a dry run. */
class TakenBack extends Error {
  readonly result: ImportedMiningRules;

  constructor(result: ImportedMiningRules) {
    super('dry run');
    this.result = result;
  }
}

/** A rule that the store does not take; ends the transaction. */
class Misfit extends Error {}

const say = (rule: WrittenMiningRule, property: string, words: string) =>
  `${rule.placeOf(property)}: rule ${rule.number} ${words}`;

/** As names of rule policies are told apart. */
const fold = (name: string) => name.replace(/\s+/g, ' ').trim().toLowerCase();

async function listProblems(ctx: Ctx, rules: readonly WrittenMiningRule[]): Promise<string[]> {
  const policies = await listRulePolicyNames(ctx.db);
  const categories = (await listCategories(ctx.db)).map(({ category }) => category);
  return rules.flatMap((rule) => {
    const { policy, rulePolicy, category } = rule.given;
    const problems: string[] = [];
    const names = [
      ['policy', policy],
      ['rulePolicy', rulePolicy],
    ] as const;
    if ((policy ?? rulePolicy) === undefined) {
      problems.push(say(rule, 'policy', 'names no policy that it is part of'));
    }
    for (const [property, name] of names) {
      const wrong = name !== undefined && explainPolicy(name, policies);
      if (wrong) problems.push(say(rule, property, wrong));
    }
    const none = 'No entitlement has one.';
    const wrong = explainCategory(category, categories, none);
    if (wrong) problems.push(say(rule, 'category', wrong));
    return problems;
  });
}

/** Why a rule policy of this name is neither there nor to be made; undefined: nothing is wrong with it. */
function explainPolicy(name: string, policies: readonly string[]): string | undefined {
  if (policies.some((one) => fold(one) === fold(name))) return undefined;
  if (name.length > maxRulePolicyNameLength) {
    return `expected at most ${maxRulePolicyNameLength} characters in the name of a rule policy`;
  }
  const nearest = findNearestWord(name, policies);
  if (nearest === undefined) return undefined;
  return `names the rule policy ${name}, which is not there: did you mean ${nearest}? If not, make it first`;
}

async function addMissing(ctx: Ctx, rules: readonly WrittenMiningRule[]) {
  const before = new Set(await listRulePolicyNames(ctx.db));
  const known = new Map(
    (await listMiningRules(ctx.db)).map((rule) => [keyOf(miningRuleEdit(rule)), rule.enabled]),
  );
  const added: string[] = [];
  const kept: string[] = [];
  for (const rule of rules) {
    const { policy, rulePolicy } = rule.given;
    const names = { policy: policy ?? rulePolicy ?? '', rulePolicy: rulePolicy ?? policy ?? '' };
    const edit = miningRuleEdit({ ...rule.given, ...names });
    const words = `${edit.name === null ? '' : `${edit.name}: `}${describeMiningRule(edit)}`;
    const isOn = known.get(keyOf(edit));
    if (isOn !== undefined) {
      kept.push(isOn ? words : `${words} · switched off`);
      continue;
    }
    await add(ctx, rule);
    known.set(keyOf(edit), edit.enabled);
    added.push(`${words} · rules go to ${names.rulePolicy}`);
  }
  const policies = (await listRulePolicyNames(ctx.db)).filter((name) => !before.has(name));
  return { policies, added, known: kept };
}

async function add(ctx: Ctx, rule: WrittenMiningRule): Promise<void> {
  try {
    await addMiningRule(ctx, rule.given, true);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Misfit(say(rule, error.field ?? '', error.message));
  }
}

/** The same for rules that say the same; that one is switched off by hand does not make it another one. */
function keyOf({ enabled: _, policy, rulePolicy, ...edit }: ReturnType<typeof miningRuleEdit>) {
  return JSON.stringify([fold(policy), fold(rulePolicy), edit]);
}
