import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { isNestedTooDeeply, maxFileBytes } from '../mining-rules/file-limits.ts';
import type { Path } from './path.ts';
import { prune } from './prune.ts';
import { type ConfigFile, configShape } from './schema.ts';

/** A problem in a configuration file. Lines and columns begin at 1. */
export interface ConfigProblem {
  line: number;
  column: number;
  /** The key of the value. */
  key: string | undefined;
  value: string | undefined;
  message: string;
}

/** Builds a problem with the value at a path, or with its key. */
export type ProblemAt = (path: Path, message: string, about?: 'key') => ConfigProblem;

export interface ReadConfig {
  /** The valid part of the file; undefined when the file cannot be read at all. */
  config: ConfigFile | undefined;
  /** The names in these sections, also of entries with an invalid form. */
  named: Record<'applications' | 'policies', { name: string; kind: string }[]>;
  problems: ConfigProblem[];
  problemAt: ProblemAt;
}

/** Aliases may repeat a list, but must not expand into millions of values. */
const maxAliasCount = 100;

/** Reads the text of a configuration file. `problems` has every problem of its form. */
export function readConfigFile(text: string): ReadConfig {
  const lines = new LineCounter();
  const parsed = parse(text, lines);
  const problemAt: ProblemAt = (path, message, about) => {
    const { node, key, isMissing } = parsed ? find(parsed, path) : nowhere;
    const missing = isMissing ? `${String(path.at(-1))} is missing: ` : '';
    if (about === undefined) return problemOf(lines, node, key, `${missing}${message}`);
    return { ...problemOf(lines, key, undefined, message) };
  };
  const nothing = (...problems: ConfigProblem[]) => ({
    config: undefined,
    named: { applications: [], policies: [] },
    problems,
    problemAt,
  });
  if (text.length > maxFileBytes)
    return nothing(problemAt([], 'the file is larger than 5 MB; split it'));
  if (!parsed) return nothing(problemAt([], 'this is nested too deeply'));
  const syntaxProblems = [...parsed.errors, ...parsed.warnings].map((error): ConfigProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, key: undefined, value: undefined, message: error.message };
  });
  if (syntaxProblems.length > 0) return nothing(...syntaxProblems);
  if (parsed.contents === null) return nothing(problemAt([], 'this file is empty'));
  const aliases = findAliases(parsed);
  const unknown = aliases.find((alias) => alias.resolve(parsed) === undefined);
  if (unknown) {
    const message = 'there is no earlier anchor with this name';
    return nothing(problemOf(lines, unknown, undefined, message));
  }
  const twice = findRepeated(parsed).map((key) =>
    problemOf(lines, key, undefined, 'this key appears twice'),
  );
  try {
    const value: unknown = parsed.toJS({ maxAliasCount });
    const { error } = configShape.safeParse(value);
    const wrong = error?.issues.flatMap((issue) => toProblems(issue, problemAt)) ?? [];
    const named = {
      applications: namesIn(value, 'applications'),
      policies: namesIn(value, 'policies'),
    };
    const { data, pathBefore } = prune(configShape, value);
    return {
      config: data,
      named,
      problems: [...twice, ...wrong],
      problemAt: (path, ...rest) => problemAt(pathBefore(path), ...rest),
    };
  } catch (error) {
    // The only errors left here: too many aliases, and one that contains itself.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    const message = 'aliases (*name) repeat too much from here on; write the values out';
    return nothing(problemOf(lines, aliases[0], undefined, message));
  }
}

/** @returns undefined when it is too large or nested too deeply to be read. */
function parse(text: string, lineCounter: LineCounter): Document | undefined {
  if (text.length > maxFileBytes || isNestedTooDeeply(text)) return undefined;
  return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
}

function findAliases(document: Document) {
  const found: Extract<Node, { source: string; resolve: unknown }>[] = [];
  visit(document, { Alias: (_, alias) => void found.push(alias) });
  return found;
}

/** The parser's own check for repeated keys takes 15 minutes for a map of the maximum file size. */
function findRepeated(document: Document): Node[] {
  const found: Node[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : key;
        // A parsed document has nodes only; the type allows plain values of documents that are built.
        if (seen.has(name)) found.push(key as Node);
        seen.add(name);
      }
    },
  });
  return found;
}

interface Found {
  node: Node | undefined;
  /** The last key on the way. */
  key: Node | undefined;
  /** The path leads to a missing part. */
  isMissing: boolean;
}

const nowhere: Found = { node: undefined, key: undefined, isMissing: false };

/** Finds the node at a path, or its nearest existing parent. */
function find(document: Document, path: Path): Found {
  let node = document.contents as Node | null;
  let key: Node | undefined;
  for (const part of path) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    let next: Node | null | undefined;
    if (isMap(inside)) {
      const pair = inside.items.find((one) => isScalar(one.key) && String(one.key.value) === part);
      if (!pair) return { node: node ?? undefined, key: undefined, isMissing: true };
      // A parsed document has nodes only.
      key = pair.key as Node;
      next = (pair.value ?? pair.key) as Node;
    } else if (isSeq(inside)) next = inside.items[Number(part)] as Node | undefined;
    if (!next) break;
    node = next;
  }
  return { node: node ?? undefined, key, isMissing: false };
}

function problemOf(
  lines: LineCounter,
  node: Node | undefined,
  key: Node | undefined,
  message: string,
): ConfigProblem {
  const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
  return {
    line: Math.max(1, line),
    column: Math.max(1, col),
    key: isScalar(key) ? String(key.value) : undefined,
    value: isScalar(node) ? JSON.stringify(node.value) : undefined,
    message,
  };
}

function namesIn(value: unknown, section: 'applications' | 'policies') {
  // The file is not checked yet, so every part may have any type.
  const list = (value as Record<string, unknown> | null)?.[section];
  const maps = Array.isArray(list) ? (list as ({ name?: unknown; kind?: unknown } | null)[]) : [];
  return maps.flatMap((one) => {
    const { name, kind = 'request' } = one ?? {};
    return typeof name === 'string' ? [{ name: name.trim(), kind: String(kind) }] : [];
  });
}

/** Builds the problems of an issue; each unknown key gets its own. */
function toProblems(issue: z.core.$ZodIssue, problemAt: ProblemAt): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [problemAt(issue.path, issue.message)];
  return issue.keys.map((key) => problemAt([...issue.path, key], issue.message, 'key'));
}
