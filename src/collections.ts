/** Groups a list by key; groups and items keep the order of `list`. */
export function groupBy<T, K>(list: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of list) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/**
 * The value of a key that must be there.
 * @throws Error that names the key: a missing one is a bug and must not turn into a number or a word.
 */
export function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`There is nothing under the key ${String(key)}.`);
  return value;
}

/** The item at an index that must be there. @throws Error that names the index, as `mustGet` does. */
export function mustAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`There is nothing at index ${index} of ${list.length}.`);
  return item;
}

/** The keys of an object, with their type. The object must have no keys beyond its type. */
export function keysOf<T extends object>(value: T): (keyof T & string)[] {
  // Object.keys() returns plain strings, because a value may have more keys than its type says.
  return Object.keys(value) as (keyof T & string)[];
}
