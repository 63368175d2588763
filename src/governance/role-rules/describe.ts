import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { listManagerNames } from '../../store/people/people.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import type { Criteria, StoredRuleFigures } from '../../store/schema/rules.ts';
import { formatDimension } from '../cohorts/cohorts.ts';
import type { Ctx } from '../context.ts';
import { formatDate } from '../wording/relative-time.ts';

/** How a single role rule is read by people, on every surface. */
export interface RuleWords {
  /** "department = Sales and location = Lyon" */
  words: string;
  /** "58 of 60 hold it", as the last run counted; undefined for a rule written by hand. */
  evidence: string | undefined;
  /** "because department = Sales and location = Lyon: 58 of 60 hold it" */
  because: string;
}

interface Described {
  criteria: Criteria;
  figures: Pick<StoredRuleFigures, 'matched' | 'truePositives'> | null;
}

/** Puts rules into words, in their order; managers are called by their names. */
export async function describeRules(ctx: Ctx, rules: readonly Described[]): Promise<RuleWords[]> {
  const managers = rules.flatMap(({ criteria }) => criteria.filter(isManager));
  const found =
    managers.length > 0
      ? await listManagerNames(
          ctx.db,
          managers.map(({ value }) => value),
        )
      : [];
  const names = new Map(found.map(({ key, name }) => [foldText(key), name]));
  return rules.map(({ criteria, figures }) => {
    const said = criteria.map((one) => {
      const value = isManager(one) ? names.get(foldText(one.value)) : undefined;
      return `${formatDimension(one.dimension)} = ${value ?? one.value}`;
    });
    const words = said.join(' and ') || 'nobody';
    const evidence = figures ? `${figures.truePositives} of ${figures.matched} hold it` : undefined;
    return { words, evidence, because: [`because ${words}`, evidence].filter(Boolean).join(': ') };
  });
}

/** Rules in words by their ids, in force or not; null ids are none. */
export async function loadRuleWords(
  ctx: Ctx,
  ruleIds: readonly (number | null | undefined)[],
): Promise<Map<number, RuleWords>> {
  const rules = await listRulesById(
    ctx.db,
    ruleIds.flatMap((id) => id ?? []),
  );
  const words = await describeRules(ctx, rules);
  return new Map(rules.flatMap(({ id }, at) => (words[at] ? [[id, words[at]]] : [])));
}

/** "a role rule gives it because department = Sales: 58 of 60 hold it"; undefined for what is held otherwise. */
export function ruleNote(
  { ruleId, graceStartedAt }: { ruleId: number | null; graceStartedAt: Date | null },
  rules: ReadonlyMap<number, RuleWords>,
): string | undefined {
  const rule = rules.get(ruleId ?? 0);
  if (!rule) return undefined;
  if (!graceStartedAt) return `a role rule gives it ${rule.because}`;
  return `no role rule gives it any more since ${formatDate(graceStartedAt)}, it was given because ${rule.words}`;
}

function isManager({ dimension }: Criteria[number]): boolean {
  return foldDimension(dimension) === 'manager';
}
