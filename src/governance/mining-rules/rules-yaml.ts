import { isNode, LineCounter, parseDocument } from 'yaml';
import { isNestedTooDeeply } from './file-limits.ts';
import type { RawMiningRules } from './schema.ts';

/** Reads the YAML form of mining rules: a list `miningRules:`. */
export function readYaml(text: string): RawMiningRules {
  const fail = (...problems: string[]) => ({
    ...yamlDefaults,
    value: undefined,
    problems,
    placeOf: () => '1:1',
  });
  if (isNestedTooDeeply(text)) return fail('1:1: this is nested too deeply');
  const lineCounter = new LineCounter();
  const place = (at: number) => {
    const { line, col } = lineCounter.linePos(at);
    return `${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false });
  const yamlProblems = [...parsed.errors, ...parsed.warnings];
  if (yamlProblems.length > 0) {
    return fail(...yamlProblems.map(({ pos, message }) => `${place(pos[0])}: ${message}`));
  }
  const placeOf = (path: readonly PropertyKey[]): string => {
    const node = parsed.getIn(path, true);
    if (isNode(node) && node.range) return place(node.range[0]);
    return path.length === 0 ? '1:1' : placeOf(path.slice(0, -1));
  };
  try {
    return {
      // The library types it as any; the schema checks it later.
      value: parsed.toJS({ maxAliasCount: 100 }) as unknown,
      problems: [],
      placeOf,
      ...yamlDefaults,
    };
  } catch (error) {
    // Only these errors are possible here: too many aliases, an alias that contains itself, or one
    // without an anchor.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return fail('1:1: aliases (*name) repeat too often or have no anchor; write the values out');
  }
}

const yamlDefaults = { warnings: [], nameOf: (property: string) => property };
