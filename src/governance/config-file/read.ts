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

/** Something wrong in a configuration file; lines and columns begin at 1. */
export interface ConfigProblem {
  line: number;
  column: number;
  /** The key it is about. */
  key: string | undefined;
  value: string | undefined;
  message: string;
}

/** A problem with what stands at a path, or with its key itself. */
export type ProblemAt = (path: Path, message: string, about?: 'key') => ConfigProblem;

export interface ReadConfig {
  /** What of the file has the right form; undefined when it could not be read at all. */
  config: ConfigFile | undefined;
  /** What the names of these sections are, also of what has a wrong form otherwise. */
  named: Record<'applications' | 'policies', { name: string; kind: string }[]>;
  problems: ConfigProblem[];
  problemAt: ProblemAt;
}

/** A list may be written once and used again, but not be blown up into millions of values. */
const maxAliasCount = 100;

/** Reads the text of a configuration file. Everything that is wrong with its form is in `problems`. */
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
  const broken = [...parsed.errors, ...parsed.warnings].map((error): ConfigProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, key: undefined, value: undefined, message: error.message };
  });
  if (broken.length > 0) return nothing(...broken);
  if (parsed.contents === null) return nothing(problemAt([], 'there is nothing in this file'));
  const aliases = findAliases(parsed);
  const unknown = aliases.find((alias) => alias.resolve(parsed) === undefined);
  if (unknown) {
    const message = 'there is no anchor of this name before it';
    return nothing(problemOf(lines, unknown, undefined, message));
  }
  const twice = findRepeated(parsed).map((key) =>
    problemOf(lines, key, undefined, 'this key is here twice'),
  );
  try {
    const value: unknown = parsed.toJS({ maxAliasCount });
    const { error } = configShape.safeParse(value);
    const wrong = error?.issues.flatMap((issue) => say(issue, problemAt)) ?? [];
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
    const message = 'aliases (*name) repeat too much from here on; write it out';
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

/** The parser's own search for them takes a quarter of an hour for a map as large as a file may be. */
function findRepeated(document: Document): Node[] {
  const found: Node[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : key;
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
  /** The path goes on to what is not there. */
  isMissing: boolean;
}

const nowhere: Found = { node: undefined, key: undefined, isMissing: false };

/** What stands at a path, or the nearest above it that is there. */
function find(document: Document, path: Path): Found {
  let node = document.contents as Node | null;
  let key: Node | undefined;
  for (const part of path) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    let next: Node | null | undefined;
    if (isMap(inside)) {
      const pair = inside.items.find((one) => isScalar(one.key) && String(one.key.value) === part);
      if (!pair) return { node: node ?? undefined, key: undefined, isMissing: true };
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
  const list = (value as Record<string, unknown> | null)?.[section];
  const maps = Array.isArray(list) ? (list as ({ name?: unknown; kind?: unknown } | null)[]) : [];
  return maps.flatMap((one) => {
    const { name, kind = 'request' } = one ?? {};
    return typeof name === 'string' ? [{ name: name.trim(), kind: String(kind) }] : [];
  });
}

/** A key that is not known is told at its own place each. */
function say(issue: z.core.$ZodIssue, problemAt: ProblemAt): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [problemAt(issue.path, issue.message)];
  return issue.keys.map((key) => problemAt([...issue.path, key], issue.message, 'key'));
}
