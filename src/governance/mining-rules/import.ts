import { Refusal } from '../../errors.ts';
import { listCategories } from '../../store/catalog/catalog-pages.ts';
import { listMiningRules, lockMiningRules } from '../../store/rules/mining-rules.ts';
import { listRulePolicyNames } from '../../store/rules/rule-policies.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { findNearestWord } from '../wording/nearest-word.ts';
import { describeMiningRule } from './describe.ts';
import { addMiningRule } from './mining-rules.ts';
import { maxRulePolicyNameLength } from './rule-policies.ts';
import { type MiningRuleEntry, type MiningRulesFormat, readMiningRules } from './rules-file.ts';
import { toMiningRuleEdit } from './validation.ts';
import { explainCategory } from './warnings.ts';

/** The result of an import of mining rules, or the problems of its file. */
export interface MiningRulesImport {
  /** `line:column: problem`. If there are any, nothing was added. */
  problems: string[];
  warnings: string[];
  /** Names of the created rule policies. */
  policies: string[];
  /** Descriptions of the added mining rules. */
  added: string[];
  /** Descriptions of the mining rules that existed already. */
  existing: string[];
}

/**
 * Adds the missing mining rules of a file and the rule policies they name, in one transaction.
 * Existing ones stay unchanged. A dry run does the same and rolls it back.
 */
export async function importMiningRules(
  ctx: Ctx,
  file: { text: string; format: MiningRulesFormat; dryRun?: boolean },
): Promise<MiningRulesImport> {
  const { entries, problems, warnings } = readMiningRules(file.text, file.format);
  const nothing = { problems, warnings, policies: [], added: [], existing: [] };
  if (problems.length > 0) return nothing;
  try {
    return await inTransaction(ctx, async (ctx) => {
      await lockMiningRules(ctx.db);
      const unresolved = await listProblems(ctx, entries);
      if (unresolved.length > 0) return { ...nothing, problems: unresolved };
      const result = { ...nothing, ...(await addMissing(ctx, entries)) };
      if (file.dryRun) throw new DryRunRollback(result);
      return result;
    });
  } catch (error) {
    if (error instanceof DryRunRollback) return error.result;
    if (error instanceof InvalidRule) return { ...nothing, problems: [error.message] };
    throw error;
  }
}

/** Ends the transaction of a dry run. */
class DryRunRollback extends Error {
  readonly result: MiningRulesImport;

  constructor(result: MiningRulesImport) {
    super('dry run');
    this.result = result;
  }
}

/** A rule that the store refuses. Rolls the transaction back. */
class InvalidRule extends Error {}

const problemAt = (entry: MiningRuleEntry, property: string, problem: string) =>
  `${entry.placeOf(property)}: rule ${entry.number} ${problem}`;

/** Names of rule policies are case-insensitive. */
const foldName = (name: string) => name.replace(/\s+/g, ' ').trim().toLowerCase();

async function listProblems(ctx: Ctx, entries: readonly MiningRuleEntry[]): Promise<string[]> {
  const policies = await listRulePolicyNames(ctx.db);
  const categories = (await listCategories(ctx.db)).map(({ category }) => category);
  return entries.flatMap((entry) => {
    const { policy, rulePolicy, category } = entry.rule;
    const problems: string[] = [];
    const names = [
      ['policy', policy],
      ['rulePolicy', rulePolicy],
    ] as const;
    if ((policy ?? rulePolicy) === undefined) {
      problems.push(problemAt(entry, 'policy', 'has no policy'));
    }
    for (const [property, name] of names) {
      const problem = name !== undefined && explainPolicyName(name, policies);
      if (problem) problems.push(problemAt(entry, property, problem));
    }
    const noCategories = 'No entitlement has a category.';
    const problem = explainCategory(category, categories, noCategories);
    if (problem) problems.push(problemAt(entry, 'category', problem));
    return problems;
  });
}

/**
 * Explains why a rule policy of this name neither exists nor can be created; undefined if it does
 * or can.
 */
function explainPolicyName(name: string, policies: readonly string[]): string | undefined {
  if (policies.some((policy) => foldName(policy) === foldName(name))) return undefined;
  if (name.length > maxRulePolicyNameLength) {
    return `expected at most ${maxRulePolicyNameLength} characters in the name of a rule policy`;
  }
  const nearest = findNearestWord(name, policies);
  if (nearest === undefined) return undefined;
  return `names the rule policy ${name}, which does not exist: did you mean ${nearest}? If not, create it first`;
}

async function addMissing(ctx: Ctx, entries: readonly MiningRuleEntry[]) {
  const policiesBefore = new Set(await listRulePolicyNames(ctx.db));
  const isEnabledByKey = new Map(
    (await listMiningRules(ctx.db)).map((rule) => [toKey(toMiningRuleEdit(rule)), rule.enabled]),
  );
  const added: string[] = [];
  const existing: string[] = [];
  for (const entry of entries) {
    const { policy, rulePolicy } = entry.rule;
    const names = { policy: policy ?? rulePolicy ?? '', rulePolicy: rulePolicy ?? policy ?? '' };
    const edit = toMiningRuleEdit({ ...entry.rule, ...names });
    const name = edit.name === null ? '' : `${edit.name}: `;
    const description = `${name}${describeMiningRule(edit)}`;
    const isEnabled = isEnabledByKey.get(toKey(edit));
    if (isEnabled !== undefined) {
      existing.push(isEnabled ? description : `${description} · switched off`);
      continue;
    }
    await addEntry(ctx, entry);
    isEnabledByKey.set(toKey(edit), edit.enabled);
    added.push(`${description} · rules go to ${names.rulePolicy}`);
  }
  const policies = (await listRulePolicyNames(ctx.db)).filter((name) => !policiesBefore.has(name));
  return { policies, added, existing };
}

async function addEntry(ctx: Ctx, entry: MiningRuleEntry): Promise<void> {
  try {
    await addMiningRule(ctx, entry.rule, { createPolicies: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new InvalidRule(problemAt(entry, error.field ?? '', error.message));
  }
}

/**
 * Rules with the same properties have the same key. A rule that was switched off by hand keeps its
 * key.
 */
function toKey({ enabled: _, policy, rulePolicy, ...edit }: ReturnType<typeof toMiningRuleEdit>) {
  return JSON.stringify([foldName(policy), foldName(rulePolicy), edit]);
}
