import { z } from 'zod';
import { ruleDefaults, ruleTypes } from '../../mining/rules/mining-rule.ts';
import { findNearestWord } from '../wording/nearest-word.ts';

const text = z
  .string('expected text; put a number in quotes')
  .trim()
  .min(1, 'expected text that is not empty')
  .max(1000, 'expected at most 1,000 characters');
const trueOrFalse = z.boolean('expected true or false');
const percentError = 'expected a percentage from 0 to 100';
const percent = z.number(percentError).min(0, percentError).max(100, percentError);
const wholeNumber = (from: number, to: number) => {
  const error = `expected a whole number from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}`;
  return z.int(error).min(from, error).max(to, error);
};

/** The properties of mining rules with their defaults. */
export const miningRuleFields = {
  name: text.optional(),
  entityType: text.optional(),
  policy: text.optional(),
  rulePolicy: text.optional(),
  category: text.optional(),
  includeNoValidation: trueOrFalse.default(ruleDefaults.includeNoValidation),
  includeSimpleValidation: trueOrFalse.default(ruleDefaults.includeSimpleValidation),
  includeDoubleValidation: trueOrFalse.default(ruleDefaults.includeDoubleValidation),
  includeTripleValidation: trueOrFalse.default(ruleDefaults.includeTripleValidation),
  excludeRole: trueOrFalse.default(ruleDefaults.excludeRole),
  precisionMinPercent: percent.default(ruleDefaults.precisionMinPercent),
  falsePositiveMaxPercent: percent.default(ruleDefaults.falsePositiveMaxPercent),
  criterion: z
    .enum(['precision', 'coverage'], 'expected precision or coverage')
    .default(ruleDefaults.criterion),
  ruleType: z
    .enum(ruleTypes, 'expected required, requestedAutomatically or suggested')
    .default('required'),
  priority: wholeNumber(-2_147_483_648, 2_147_483_647).default(ruleDefaults.priority),
  minIdentities: wholeNumber(1, 1_000_000).default(ruleDefaults.minIdentities),
  maxCriteria: wholeNumber(1, 3).default(ruleDefaults.maxCriteria),
  maxNewGrants: wholeNumber(0, 1_000_000).optional(),
  statisticalGuard: trueOrFalse.default(ruleDefaults.statisticalGuard),
  enabled: trueOrFalse.default(true),
};
const knownKeys = Object.keys(miningRuleFields);

/** One mining rule, with policies by name. */
export const miningRuleSchema = z.strictObject(miningRuleFields, {
  error: ({ code, input }) =>
    code === 'unrecognized_keys'
      ? // Zod types the input as unknown, but only an object has unrecognized keys.
        explainUnknownKeys(Object.keys(input as object))
      : 'expected a mining rule: a map such as {ruleType: suggested, precisionMinPercent: 95}',
});

/** A mining rule as a person writes it, without the properties that have their defaults. */
export type MiningRuleInput = z.input<typeof miningRuleSchema>;

/** A mining rule with all defaults filled in. */
export type ParsedMiningRule = z.output<typeof miningRuleSchema>;

export const maxMiningRules = 100;
const listError = `expected miningRules: with a list of 1 to ${maxMiningRules} mining rules`;

export const miningRulesSchema = z.strictObject(
  {
    miningRules: z
      .array(miningRuleSchema, listError)
      .min(1, listError)
      .max(maxMiningRules, listError),
  },
  `${listError}, and no other keys`,
);

/** The content of a file of mining rules before it is validated. */
export interface RawMiningRules {
  value: unknown;
  /** `line:column: problem`. If there are any, the value is unusable. */
  problems: string[];
  warnings: string[];
  /** `line:column` of a path of the value, or of the nearest path above it. */
  placeOf(path: readonly PropertyKey[]): string;
  /** The file's name of a property of mining rules. */
  nameOf(property: string): string;
}

function explainUnknownKeys(keys: string[]): string {
  const problems = keys
    .filter((key) => !knownKeys.includes(key))
    .map((key) => {
      const nearest = findNearestWord(key, knownKeys);
      return `${key} is unknown${nearest ? ` (did you mean ${nearest}?)` : ''}`;
    });
  return `${problems.join('; ')}; there are: ${knownKeys.join(', ')}`;
}
