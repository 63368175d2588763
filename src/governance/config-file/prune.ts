import type { z } from 'zod';
import type { Path } from './path.ts';

type Branch = Record<PropertyKey, unknown> | unknown[];

/** The valid part of a value, and the original place of each of its parts. */
export interface Pruned<T> {
  data: T | undefined;
  pathBefore(path: Path): Path;
}

/** A branch without a required part is cut in the next round, so the shape's levels limit the rounds. */
const maxRounds = 10;

/**
 * Cuts the invalid parts out of a value, so that the rest can be checked too. Changes the value itself, and records
 * the original places of list elements.
 */
export function prune<T extends z.ZodType>(shape: T, value: unknown): Pruned<z.infer<T>> {
  const places = new Map<unknown[], number[]>();
  let read = shape.safeParse(value);
  for (let round = 0; !read.success && round < maxRounds; round++) {
    const cuts = read.error.issues.flatMap((issue) => cutsFor(value, issue));
    for (const [branch, keys] of group(cuts)) cut(branch, keys, places);
    read = shape.safeParse(value);
  }
  const pathBefore = (path: Path) => {
    let at: unknown = value;
    return path.map((part) => {
      const place = Array.isArray(at) ? places.get(at)?.[Number(part)] : undefined;
      at = isBranch(at) ? childOf(at, part) : undefined;
      return place ?? part;
    });
  };
  return { data: read.data, pathBefore };
}

interface Cut {
  branch: Branch;
  key: PropertyKey;
}

const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null;
// Reads a key that the branch may lack.
const childOf = (branch: Branch, key: PropertyKey) => (branch as Record<PropertyKey, unknown>)[key];

/** Finds the unknown keys, the invalid value, or the branch without a required part. */
function cutsFor(value: unknown, issue: z.core.$ZodIssue): Cut[] {
  const way: Cut[] = [];
  let at = value;
  for (const key of issue.path) {
    if (!isBranch(at)) break;
    way.push({ branch: at, key });
    at = childOf(at, key);
  }
  if (issue.code === 'unrecognized_keys') {
    const branch = at;
    return isBranch(branch) ? issue.keys.map((key) => ({ branch, key })) : [];
  }
  const last = way.findLast(({ branch, key }) => Object.hasOwn(branch, key));
  return last ? [last] : [];
}

function group(cuts: readonly Cut[]): Map<Branch, Set<PropertyKey>> {
  const keys = new Map<Branch, Set<PropertyKey>>();
  for (const { branch, key } of cuts) {
    keys.set(branch, (keys.get(branch) ?? new Set()).add(key));
  }
  return keys;
}

function cut(branch: Branch, keys: ReadonlySet<PropertyKey>, places: Map<unknown[], number[]>) {
  if (!Array.isArray(branch)) {
    for (const key of keys) delete branch[key];
    return;
  }
  const before = places.get(branch) ?? branch.map((_, index) => index);
  const stays = (_: unknown, index: number) => !keys.has(index);
  places.set(branch, before.filter(stays));
  branch.splice(0, branch.length, ...branch.filter(stays));
}
