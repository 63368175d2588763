import { isNode, LineCounter, parseDocument } from 'yaml';
import { isTooDeep } from './file-limits.ts';
import type { RawMiningRules } from './schema.ts';

/** Reads the YAML form of mining rules: a list `miningRules:`. */
export function readYaml(text: string): RawMiningRules {
  const fail = (...problems: string[]) => ({
    ...nothingElse,
    value: undefined,
    problems,
    placeOf: () => '1:1',
  });
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
    return {
      value: parsed.toJS({ maxAliasCount: 100 }) as unknown,
      problems: [],
      placeOf,
      ...nothingElse,
    };
  } catch (error) {
    // The only errors left here: too many aliases, and one that contains itself or names nothing.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return fail('1:1: aliases (*name) repeat too much or name nothing; write it out');
  }
}

const nothingElse = { warnings: [], nameOf: (property: string) => property };
