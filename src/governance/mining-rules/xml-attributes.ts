import { ruleTypes } from '../../mining/rules/mining-rule.ts';

/** Longer texts are neither numbers nor likely misspellings of a known name. */
export const maxWordLength = 200;

/** Reads the value of an attribute, or explains why it is invalid. */
type Reader = (text: string) => string | number | boolean | InvalidValue;
export class InvalidValue extends Error {}

const readText: Reader = (text) => text;
const readFlag: Reader = (text) => {
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  return new InvalidValue('expected true or false');
};
const readNumber =
  (error: string): Reader =>
  (text) => {
    const isNumber =
      text.length <= maxWordLength && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
    return isNumber ? Number(text) : new InvalidValue(error);
  };
const readPercent = readNumber('expected a percentage from 0 to 100, such as 97.5');
const readType: Reader = (text) =>
  (/^[0-2]$/.test(text) && ruleTypes[Number(text)]) ||
  new InvalidValue('expected 0 (required), 1 (requestedAutomatically) or 2 (suggested)');

/**
 * The attributes of an XML `MiningRule`: the property that each sets, and the reader of its value.
 */
export const properties: ReadonlyMap<string, { property: string; read: Reader }> = new Map([
  ['Category', { property: 'category', read: readText }],
  ['EntityType', { property: 'entityType', read: readText }],
  ['ExcludeRole', { property: 'excludeRole', read: readFlag }],
  ['FalsePositiveMaxPercentage', { property: 'falsePositiveMaxPercent', read: readPercent }],
  ['IncludeDoubleValidation', { property: 'includeDoubleValidation', read: readFlag }],
  ['IncludeNoValidation', { property: 'includeNoValidation', read: readFlag }],
  ['IncludeSimpleValidation', { property: 'includeSimpleValidation', read: readFlag }],
  ['IncludeTripleValidation', { property: 'includeTripleValidation', read: readFlag }],
  ['Policy', { property: 'policy', read: readText }],
  ['PrecisionMinPercentage', { property: 'precisionMinPercent', read: readPercent }],
  ['Priority', { property: 'priority', read: readNumber('expected a whole number') }],
  ['RulePolicy', { property: 'rulePolicy', read: readText }],
  ['RuleType', { property: 'ruleType', read: readType }],
]);

export const attributeNames = [...properties.keys()];
/** Attribute by property. */
export const attributeOf: ReadonlyMap<string, string> = new Map(
  [...properties].map(([name, { property }]) => [property, name]),
);
