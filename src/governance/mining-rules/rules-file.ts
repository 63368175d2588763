import { completeRule, type MiningRule } from '../../mining/rules/mining-rule.ts';
import { readXml } from './rules-xml.ts';
import { readYaml } from './rules-yaml.ts';
import { miningRulesShape, type ReadMiningRule } from './schema.ts';
import { doubtOfPrecision, readAsShare } from './warnings.ts';

/** A mining rule of a file that is switched on. */
export interface NamedMiningRule {
  /** Its name, or its number in the file, from 1. */
  name: string | number;
  rule: MiningRule;
}

/** A mining rule as a file tells it, policies by name. */
export interface WrittenMiningRule {
  /** In the file, from 1. */
  number: number;
  given: ReadMiningRule;
  /** `line:column` of one of its properties, or of the rule. */
  placeOf(property: string): string;
}

export interface ReadMiningRules {
  /** Those that are enabled, in the order of the file. */
  rules: NamedMiningRule[];
  /** All of them. */
  written: WrittenMiningRule[];
  /** `line:column: what is wrong`; with any, there are no rules. */
  problems: string[];
  /** What is read as written and is likely meant otherwise. */
  warnings: string[];
}

export type MiningRulesForm = 'yaml' | 'xml';

const percents = ['precisionMinPercent', 'falsePositiveMaxPercent'] as const;

/** How a file of this name is written. */
export const formOf = (file: string): MiningRulesForm => (/\.xml$/i.test(file) ? 'xml' : 'yaml');

/** Reads the text of a file of mining rules: a YAML list `miningRules:`, or elements `<MiningRule …/>`. */
export function readMiningRules(text: string, form: MiningRulesForm): ReadMiningRules {
  const raw = form === 'xml' ? readXml(text) : readYaml(text);
  const { value, problems, placeOf, nameOf } = raw;
  const warnings = [...raw.warnings];
  const read: ReadMiningRules = { rules: [], written: [], problems, warnings };
  if (problems.length > 0) return read;
  const { data, error } = miningRulesShape.safeParse(value);
  if (!data) {
    const wrong = error.issues.map(({ path, message }) => {
      const about = path
        .filter((part) => part !== 'miningRules')
        .map((part) => (typeof part === 'number' ? `rule ${part + 1}` : nameOf(String(part))));
      return `${placeOf(path)}: ${[...about, message].join(' ')}`;
    });
    return { ...read, problems: wrong };
  }
  for (const [at, one] of data.miningRules.entries()) {
    const { name = at + 1, enabled, entityType, policy, rulePolicy, ...rule } = one;
    const placeIn = (property: string) => placeOf(['miningRules', at, property]);
    read.written.push({ number: at + 1, given: one, placeOf: placeIn });
    if (enabled) read.rules.push({ name, rule: completeRule(rule) });
    const loose = doubtOfPrecision(rule);
    if (loose !== undefined) read.warnings.push(`${placeIn('precisionMinPercent')}: ${loose}`);
    for (const percent of percents) {
      const meant = readAsShare(rule[percent]);
      if (meant === undefined) continue;
      const said = `${nameOf(percent)} ${rule[percent]} is read as ${rule[percent]} %`;
      read.warnings.push(`${placeIn(percent)}: ${said}; if a share was meant, write ${meant}`);
    }
  }
  return read;
}
