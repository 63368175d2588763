import { completeRule, type MiningRule } from '../mining/mining-rule.ts';
import { readAsShare } from './mining-rule-checks.ts';
import { miningRulesShape } from './mining-rules-shape.ts';
import { readXml } from './mining-rules-xml.ts';
import { readYaml } from './mining-rules-yaml.ts';

/** A mining rule as a file tells it. */
export interface NamedMiningRule {
  /** Its name, or its number in the file, from 1. */
  name: string | number;
  /** Whose assignments it is about, and which policies it is part of and makes rules for, where it says so. */
  entityType: string | undefined;
  policy: string | undefined;
  rulePolicy: string | undefined;
  rule: MiningRule;
}

export interface ReadMiningRules {
  /** Those that are enabled, in the order of the file. */
  rules: NamedMiningRule[];
  /** `line:column: what is wrong`; with any, there are no rules. */
  problems: string[];
  /** What is read as written and is likely meant otherwise. */
  warnings: string[];
}

const percents = ['precisionMinPercent', 'falsePositiveMaxPercent'] as const;

/** Whether a file of this name is of the XML form of mining rules. */
export const isXml = (file: string) => /\.xml$/i.test(file);

/** Reads the text of a file of mining rules: a YAML list `miningRules:`, or elements `<MiningRule …/>`. */
export function readMiningRules(text: string, form: 'yaml' | 'xml' = 'yaml'): ReadMiningRules {
  const raw = form === 'xml' ? readXml(text) : readYaml(text);
  const { value, problems, placeOf, nameOf } = raw;
  const warnings = [...raw.warnings];
  if (problems.length > 0) return { rules: [], problems, warnings };
  const { data, error } = miningRulesShape.safeParse(value);
  if (!data) {
    const wrong = error.issues.map(({ path, message }) => {
      const about = path
        .filter((part) => part !== 'miningRules')
        .map((part) => (typeof part === 'number' ? `rule ${part + 1}` : nameOf(String(part))));
      return `${placeOf(path)}: ${[...about, message].join(' ')}`;
    });
    return { rules: [], problems: wrong, warnings };
  }
  const read: ReadMiningRules = { rules: [], problems, warnings };
  for (const [at, one] of data.miningRules.entries()) {
    const { name = at + 1, enabled, entityType, policy, rulePolicy = policy, ...rule } = one;
    if (!enabled) continue;
    read.rules.push({ name, entityType, policy, rulePolicy, rule: completeRule(rule) });
    for (const percent of percents) {
      const meant = readAsShare(rule[percent]);
      if (meant === undefined) continue;
      const where = placeOf(['miningRules', at, percent]);
      const said = `${nameOf(percent)} ${rule[percent]} is read as ${rule[percent]} %`;
      read.warnings.push(`${where}: ${said}; if a share was meant, write ${meant}`);
    }
  }
  return read;
}
