import type { KnownPerson } from '../../store/sync/people.ts';
import { foldName } from '../wording/fold-name.ts';

/** Stored people by all that a record may have of them. */
export interface StoredPeopleIndex {
  byId(id: string): KnownPerson | undefined;
  /** Open people only: the address of somebody who has left is free. */
  byEmail(email: string | undefined): KnownPerson | undefined;
  /** By the address of another person who was merged with them. */
  byAlias(email: string | undefined): KnownPerson | undefined;
  /** Closed people without an id, by the address that they had. */
  byFormerEmail(email: string | undefined): KnownPerson | undefined;
  /** Whether a record has the id or address of somebody who was merged with another. */
  isMerged(record: { id?: string; email?: string }): boolean;
  /** Open people only, by the address of their Slack account if it is that of one alone. */
  bySlackEmail(email: string | undefined): KnownPerson | undefined;
}

type Lookup = ReadonlyMap<string, KnownPerson | undefined>;

/** @param connector the source whose ids count before those of others. */
export function indexStoredPeople(
  before: readonly KnownPerson[],
  connector: string,
): StoredPeopleIndex {
  const people = new Map(before.map((person) => [person.id, person]));
  const resolve = (person: KnownPerson | undefined) => followMerges(people, person);
  const lookUp = (map: Lookup) => (email: string | undefined) =>
    email === undefined ? undefined : resolve(map.get(foldName(email)));
  const ids = indexIds(before, connector);
  const foldedIds = keepUnique([...ids].map(([id, person]) => [foldName(id), person]));
  const open = before.filter(({ isOpen, mergedInto }) => isOpen && mergedInto === null);
  const left = before.filter(
    ({ isOpen, mergedInto, externalId }) => !isOpen && mergedInto === null && !externalId,
  );
  const merged = before.filter(({ mergedInto }) => mergedInto !== null);
  const aliases = keepUnique(listKeys(merged, ({ formerEmail }) => formerEmail));
  return {
    byId: (id) => resolve(ids.get(id) ?? foldedIds.get(foldName(id))),
    byEmail: lookUp(keepUnique(listKeys(open, ({ email }) => email))),
    byAlias: lookUp(aliases),
    byFormerEmail: lookUp(keepUnique(listKeys(left, ({ formerEmail }) => formerEmail))),
    isMerged: ({ id = '', email }) =>
      (ids.get(id)?.mergedInto ?? null) !== null || (email ? aliases.has(foldName(email)) : false),
    bySlackEmail: lookUp(keepUnique(listKeys(open, ({ slackEmail }) => slackEmail))),
  };
}

/** The person with whom this one was merged, if any. */
function followMerges(
  people: ReadonlyMap<number, KnownPerson>,
  person: KnownPerson | undefined,
): KnownPerson | undefined {
  const seen = new Set<number>();
  let next = person;
  while (next && next.mergedInto !== null && !seen.has(next.id)) {
    seen.add(next.id);
    next = people.get(next.mergedInto);
  }
  return next;
}

function indexIds(before: readonly KnownPerson[], connector: string): Map<string, KnownPerson> {
  const ids = new Map<string, KnownPerson>();
  for (const person of before) if (person.externalId) ids.set(person.externalId, person);
  for (const person of before) {
    const own = person.sources[connector]?.id;
    if (own !== undefined) ids.set(own, person);
  }
  return ids;
}

function listKeys(
  people: readonly KnownPerson[],
  keyOf: (person: KnownPerson) => string | null,
): [string, KnownPerson][] {
  return people.flatMap((person): [string, KnownPerson][] => {
    const key = keyOf(person);
    return key ? [[foldName(key), person]] : [];
  });
}

/** A key that several people share finds nobody: some systems have ids that differ in case alone. */
function keepUnique(entries: readonly (readonly [string, KnownPerson])[]): Lookup {
  const map = new Map<string, KnownPerson | undefined>();
  for (const [key, person] of entries) map.set(key, map.has(key) ? undefined : person);
  return map;
}
