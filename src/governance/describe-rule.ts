import { foldDimension, foldText } from '../mining/text.ts';
import { listManagerNames } from '../store/people.ts';
import type { Criteria, RuleFigures } from '../store/schema/rules.ts';
import { dimensionWords } from './cohorts.ts';
import type { Ctx } from './context.ts';

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
  figures: Pick<RuleFigures, 'matched' | 'truePositives'> | null;
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
      return `${dimensionWords(one.dimension)} = ${value ?? one.value}`;
    });
    const words = said.join(' and ') || 'nobody';
    const evidence = figures ? `${figures.truePositives} of ${figures.matched} hold it` : undefined;
    return { words, evidence, because: [`because ${words}`, evidence].filter(Boolean).join(': ') };
  });
}

function isManager({ dimension }: Criteria[number]): boolean {
  return foldDimension(dimension) === 'manager';
}
