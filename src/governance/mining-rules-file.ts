import { isNode, LineCounter, parseDocument } from 'yaml';
import { completeRule, type MiningRule } from '../mining/mining-rule.ts';
import { isTooDeep } from './config-depth.ts';
import { readAsShare } from './mining-rule-checks.ts';
import { miningRulesShape } from './mining-rules-shape.ts';

/** A mining rule as a file tells it. */
export interface NamedMiningRule {
  /** Its name, or its number in the file, from 1. */
  name: string | number;
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

/** Reads the text of a file of mining rules: a YAML list `miningRules:`. */
export function readMiningRules(text: string): ReadMiningRules {
  const { value, problems, placeOf } = readYaml(text);
  if (problems.length > 0) return { rules: [], problems, warnings: [] };
  const { data, error } = miningRulesShape.safeParse(value);
  if (!data) {
    const wrong = error.issues.map(({ path, message }) => {
      const about = path.filter((part) => part !== 'miningRules').map(sayPart);
      return `${placeOf(path)}: ${[...about, message].join(' ')}`;
    });
    return { rules: [], problems: wrong, warnings: [] };
  }
  const read: ReadMiningRules = { rules: [], problems, warnings: [] };
  for (const [at, { name = at + 1, enabled, ...rule }] of data.miningRules.entries()) {
    if (!enabled) continue;
    read.rules.push({ name, rule: completeRule(rule) });
    for (const percent of percents) {
      const meant = readAsShare(rule[percent]);
      if (meant === undefined) continue;
      const where = placeOf(['miningRules', at, percent]);
      const said = `${percent} ${rule[percent]} is read as ${rule[percent]} %`;
      read.warnings.push(`${where}: ${said}; if a share was meant, write ${meant}`);
    }
  }
  return read;
}

interface ReadYaml {
  value: unknown;
  problems: string[];
  /** `line:column` of what stands at a path, or of the nearest above it. */
  placeOf(path: readonly PropertyKey[]): string;
}

function readYaml(text: string): ReadYaml {
  const fail = (...problems: string[]) => ({ value: undefined, problems, placeOf: () => '1:1' });
  if (isTooDeep(text)) return fail('1:1: this is nested too deeply');
  const lineCounter = new LineCounter();
  const place = (at: number) => {
    const { line, col } = lineCounter.linePos(at);
    return `${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false });
  const broken = [...parsed.errors, ...parsed.warnings];
  if (broken.length > 0) {
    return fail(...broken.map(({ pos, message }) => `${place(pos[0])}: ${message}`));
  }
  const placeOf = (path: readonly PropertyKey[]): string => {
    const node = parsed.getIn(path, true);
    if (isNode(node) && node.range) return place(node.range[0]);
    return path.length === 0 ? '1:1' : placeOf(path.slice(0, -1));
  };
  try {
    return { value: parsed.toJS({ maxAliasCount: 100 }) as unknown, problems: [], placeOf };
  } catch (error) {
    // The only errors left here: too many aliases, and one that contains itself or names nothing.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return fail('1:1: aliases (*name) repeat too much or name nothing; write it out');
  }
}

function sayPart(part: PropertyKey): string {
  return typeof part === 'number' ? `rule ${part + 1}` : String(part);
}
