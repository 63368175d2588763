import type { PersonRecord } from '../../connectors/records.ts';
import { foldName } from '../wording/fold-name.ts';

/** A stored person. A source may refer to them. */
export interface ReferredPerson {
  id: number;
  email: string | null;
  externalId: string | null;
  name: string;
  active: boolean;
  /** Whether they belong to another source and are open. Others are here only if this source has them. */
  isOutsider: boolean;
  isOpen: boolean;
}

/** Finds people by reference. Indexes continue with the known people after the people of the source. */
export interface PersonLookup {
  /** A person of the source or an outsider. */
  find(reference: string): number | undefined;
  /** The same, or somebody who has left. */
  findHolder(reference: string): number | undefined;
  /** Ids of people of the source in rows that cannot be read. That they are missing does not mean that they left. */
  kept: ReadonlySet<number>;
}

/** The index of a key that several people share is undefined: nobody knows who is meant. */
type Keys = Map<string, number | undefined>;

/**
 * Indexes people by e-mail address, ignoring case, and by id. An id whose case differs is found if it is unique. The
 * people of the source come first.
 */
export function createPersonLookup(
  people: readonly PersonRecord[],
  known: readonly ReferredPerson[],
  unread: ReadonlySet<string>,
): PersonLookup {
  const own = people.map((person, index) => ({ index, email: person.email, id: person.id }));
  const stored = known.map(({ email, externalId, ...one }, at) => {
    const index = people.length + at;
    return {
      ...one,
      index,
      email: email ?? undefined,
      id: externalId ?? undefined,
      personId: one.id,
    };
  });
  const inSource = createLookup([own]);
  const isMissing = ({ email, id }: { email: string | undefined; id: string | undefined }) =>
    [email, id].every((key) => key === undefined || inSource(key) === undefined);
  const isUnread = (text: string | undefined) =>
    text !== undefined && unread.has(text.toLowerCase());
  const kept = stored.filter(
    (one) =>
      one.isOpen &&
      !one.isOutsider &&
      isMissing(one) &&
      [one.email, one.id, one.name].some(isUnread),
  );
  const isKept = new Set(kept);
  const present = stored.filter((one) => one.isOutsider || isKept.has(one));
  const others = stored.filter((one) => !one.isOutsider && !isKept.has(one));
  return {
    find: createLookup([own, present]),
    findHolder: createLookup([own, present, others]),
    kept: new Set(kept.map(({ personId }) => personId)),
  };
}

interface Entry {
  index: number;
  email: string | undefined;
  id: string | undefined;
}

/** Looks a reference up in several groups, the first group first: by address, by exact id, by folded id. */
function createLookup(groups: readonly (readonly Entry[])[]): PersonLookup['find'] {
  const indexes = groups.map((group) => ({
    byEmail: indexBy(group, ({ email }) => email && foldName(email)),
    byId: indexBy(group, ({ id }) => id),
    byFoldedId: indexBy(group, ({ id }) => id && foldName(id)),
  }));
  // References repeat in many grants, and folding one is slow.
  const found: Keys = new Map();
  return (reference) => {
    if (found.has(reference)) return found.get(reference);
    const folded = foldName(reference);
    const index = firstOf([
      ...indexes.map(({ byEmail }) => byEmail.get(folded)),
      ...indexes.map(({ byId }) => byId.get(reference)),
      ...indexes.map(({ byFoldedId }) => byFoldedId.get(folded)),
    ]);
    found.set(reference, index);
    return index;
  };
}

function firstOf(indexes: readonly (number | undefined)[]): number | undefined {
  return indexes.find((index) => index !== undefined);
}

function indexBy(group: readonly Entry[], keyOf: (entry: Entry) => string | undefined): Keys {
  const keys: Keys = new Map();
  for (const entry of group) {
    const key = keyOf(entry);
    if (key) keys.set(key, keys.has(key) ? undefined : entry.index);
  }
  return keys;
}
