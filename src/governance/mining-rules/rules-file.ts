import { completeRule, type MiningRule } from '../../mining/rules/mining-rule.ts';
import { readXml } from './rules-xml.ts';
import { readYaml } from './rules-yaml.ts';
import { miningRulesSchema, type ParsedMiningRule } from './schema.ts';
import { explainLowPrecision, guessPercent } from './warnings.ts';

/** An enabled mining rule of a file. */
export interface NamedMiningRule {
  /** Its name, or its number in the file, from 1. */
  name: string | number;
  rule: MiningRule;
}

/** A mining rule of a file, with policies by name. */
export interface MiningRuleEntry {
  /** Position in the file, from 1. */
  number: number;
  rule: ParsedMiningRule;
  /** `line:column` of one of its properties, or of the rule if the property is missing. */
  placeOf(property: string): string;
}

export interface MiningRulesFile {
  /** The enabled rules, in the order of the file. */
  enabledRules: NamedMiningRule[];
  /** All rules, in the order of the file. */
  entries: MiningRuleEntry[];
  /** `line:column: problem`. If there are any, there are no rules. */
  problems: string[];
  /** Sentences about properties that are valid, but likely mistakes. */
  warnings: string[];
}

export type MiningRulesFormat = 'yaml' | 'xml';

const percentProperties = ['precisionMinPercent', 'falsePositiveMaxPercent'] as const;

/** Detects the format of a file by its name. */
export const detectFormat = (file: string): MiningRulesFormat =>
  /\.xml$/i.test(file) ? 'xml' : 'yaml';

/**
 * Reads the text of a file of mining rules: a YAML list `miningRules:`, or elements `<MiningRule
 * …/>`.
 */
export function readMiningRules(text: string, format: MiningRulesFormat): MiningRulesFile {
  const raw = format === 'xml' ? readXml(text) : readYaml(text);
  const { value, problems, placeOf, nameOf } = raw;
  const warnings = [...raw.warnings];
  const read: MiningRulesFile = { enabledRules: [], entries: [], problems, warnings };
  if (problems.length > 0) return read;
  const { data, error } = miningRulesSchema.safeParse(value);
  if (!data) {
    const schemaProblems = error.issues.map(({ path, message }) => {
      const subject = path
        .filter((part) => part !== 'miningRules')
        .map((part) => (typeof part === 'number' ? `rule ${part + 1}` : nameOf(String(part))));
      return `${placeOf(path)}: ${[...subject, message].join(' ')}`;
    });
    return { ...read, problems: schemaProblems };
  }
  for (const [index, entry] of data.miningRules.entries()) {
    const { name = index + 1, enabled, entityType, policy, rulePolicy, ...rule } = entry;
    const placeOfProperty = (property: string) => placeOf(['miningRules', index, property]);
    const warn = (property: string, warning: string) =>
      read.warnings.push(`${placeOfProperty(property)}: ${warning}`);
    read.entries.push({ number: index + 1, rule: entry, placeOf: placeOfProperty });
    if (enabled) read.enabledRules.push({ name, rule: completeRule(rule) });
    const lowPrecision = explainLowPrecision(rule);
    if (lowPrecision !== undefined) warn('precisionMinPercent', lowPrecision);
    for (const property of percentProperties) {
      const likelyPercent = guessPercent(rule[property]);
      if (likelyPercent === undefined) continue;
      const meaning = `${nameOf(property)} ${rule[property]} is read as ${rule[property]} %`;
      warn(property, `${meaning}; if you meant a share, write ${likelyPercent}`);
    }
  }
  return read;
}
