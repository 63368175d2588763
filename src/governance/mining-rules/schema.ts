import { z } from 'zod';
import { ruleDefaults, ruleTypes } from '../../mining/rules/mining-rule.ts';
import { findNearestWord } from '../wording/nearest-word.ts';

const text = z
  .string('expected a text; a number goes in quotes')
  .trim()
  .min(1, 'expected a text that is not empty')
  .max(1000, 'expected at most 1,000 characters');
const flag = z.boolean('expected true or false');
const percentWords = 'expected a percentage from 0 to 100';
const percent = z.number(percentWords).min(0, percentWords).max(100, percentWords);
const whole = (from: number, to: number) => {
  const words = `expected a whole number from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}`;
  return z.int(words).min(from, words).max(to, words);
};

/** What mining rules may say; what is left out has its default. */
export const miningRuleFields = {
  name: text.optional(),
  entityType: text.optional(),
  policy: text.optional(),
  rulePolicy: text.optional(),
  category: text.optional(),
  includeNoValidation: flag.default(ruleDefaults.includeNoValidation),
  includeSimpleValidation: flag.default(ruleDefaults.includeSimpleValidation),
  includeDoubleValidation: flag.default(ruleDefaults.includeDoubleValidation),
  includeTripleValidation: flag.default(ruleDefaults.includeTripleValidation),
  excludeRole: flag.default(ruleDefaults.excludeRole),
  precisionMinPercent: percent.default(ruleDefaults.precisionMinPercent),
  falsePositiveMaxPercent: percent.default(ruleDefaults.falsePositiveMaxPercent),
  criterion: z
    .enum(['precision', 'coverage'], 'expected precision or coverage')
    .default(ruleDefaults.criterion),
  ruleType: z
    .enum(ruleTypes, 'expected required, requestedAutomatically or suggested')
    .default('required'),
  priority: whole(-2_147_483_648, 2_147_483_647).default(ruleDefaults.priority),
  minIdentities: whole(1, 1_000_000).default(ruleDefaults.minIdentities),
  maxCriteria: whole(1, 3).default(ruleDefaults.maxCriteria),
  maxNewGrants: whole(0, 1_000_000).optional(),
  statisticalGuard: flag.default(ruleDefaults.statisticalGuard),
  enabled: flag.default(true),
};
const known = Object.keys(miningRuleFields);

/** One mining rule; policies by name. */
export const miningRuleShape = z.strictObject(miningRuleFields, {
  error: ({ code, input }) =>
    code === 'unrecognized_keys'
      ? sayUnknown(Object.keys(input as object))
      : 'expected a mining rule: a map such as {ruleType: suggested, precisionMinPercent: 95}',
});

/** A mining rule as it is given: what is left out has its default. */
export type GivenMiningRule = z.input<typeof miningRuleShape>;

/** The same with its defaults. */
export type ReadMiningRule = z.output<typeof miningRuleShape>;

export const maxMiningRules = 100;
const listWords = `expected miningRules: with a list of 1 to ${maxMiningRules} mining rules`;

export const miningRulesShape = z.strictObject(
  {
    miningRules: z
      .array(miningRuleShape, listWords)
      .min(1, listWords)
      .max(maxMiningRules, listWords),
  },
  `${listWords}, and nothing beside it`,
);

/** What a file of mining rules says, before it is looked at whether it may. */
export interface RawMiningRules {
  value: unknown;
  /** `line:column: what is wrong`; with any, there is no use in looking at the value. */
  problems: string[];
  warnings: string[];
  /** `line:column` of what stands at a path of the value, or of the nearest above it. */
  placeOf(path: readonly PropertyKey[]): string;
  /** What the file calls a property of mining rules. */
  nameOf(property: string): string;
}

function sayUnknown(keys: string[]): string {
  const sentences = keys
    .filter((key) => !known.includes(key))
    .map((key) => {
      const nearest = findNearestWord(key, known);
      return `${key} is not known${nearest ? `, did you mean ${nearest}?` : ''}`;
    });
  return `${sentences.join('; ')}; there are: ${known.join(', ')}`;
}
