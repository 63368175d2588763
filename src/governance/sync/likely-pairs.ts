import type { PersonRecord } from '../../connectors/records.ts';
import type { KnownPerson } from '../../store/sync/people.ts';
import { foldName } from '../wording/fold-name.ts';
import { compareNames, haveSameGivenName, nameKey } from '../wording/name-agreement.ts';

/** A person whom a source no longer has, and a new record that may be the same person under a new address. */
export interface LikelyPair {
  index: number;
  person: KnownPerson;
}

/** From this many pairs on, an address with the same local part in another domain is a change of the domain. */
export const minDomainPairs = 3;

/** Address in another domain of the organization, as "acme.example → acme.test". */
export function domainChange(before: string, after: string): string | undefined {
  const [from, to] = [before, after].map((email) => foldName(email).split('@')[1] ?? '');
  return from && to && from !== to ? `${from} → ${to}` : undefined;
}

/**
 * Pairs people who are missing with new records. A pair needs the same full name, or the same given name and two more
 * attributes; or the same name or local part, if the domain changes for several people. A person or record with two
 * possible partners has none.
 */
export function findLikelyPairs(
  missing: readonly KnownPerson[],
  fresh: readonly { index: number; record: PersonRecord }[],
): LikelyPair[] {
  const candidates = missing.length > 0 && fresh.length > 0 ? listCandidates(missing, fresh) : [];
  const changes = new Map<string, number>();
  for (const { change, isSameInDomain } of candidates) {
    if (change && isSameInDomain) changes.set(change, (changes.get(change) ?? 0) + 1);
  }
  const likely = candidates.filter(
    ({ isLikely, isSameInDomain, change }) =>
      isLikely || (isSameInDomain && (changes.get(change ?? '') ?? 0) >= minDomainPairs),
  );
  const perPerson = countBy(likely, ({ person }) => person.id);
  const perRecord = countBy(likely, ({ index }) => index);
  return likely.filter(
    ({ person, index }) => perPerson.get(person.id) === 1 && perRecord.get(index) === 1,
  );
}

function listCandidates(
  missing: readonly KnownPerson[],
  fresh: readonly { index: number; record: PersonRecord }[],
) {
  // Only people who share a key are compared: thousands may leave while thousands come.
  const byKey = new Map<string, KnownPerson[]>();
  for (const person of missing) {
    const { whole, parts } = keysOf(person);
    for (const key of [...whole, ...parts]) byKey.set(key, [...(byKey.get(key) ?? []), person]);
  }
  return fresh.flatMap(({ index, record }) => {
    const sharing = (keys: readonly string[]) => keys.flatMap((key) => byKey.get(key) ?? []);
    const { whole, parts } = keysOf(record);
    const similar = sharing(parts);
    // A word that so many names have says nothing.
    const found = new Set([...sharing(whole), ...(similar.length > maxNamesakes ? [] : similar)]);
    return [...found].map((person) => ({ index, person, ...compare(person, record) }));
  });
}

const maxNamesakes = 50;

/** The whole name and local part of the address, and the words of the name. */
function keysOf(one: { name?: string; email?: string | null }) {
  const name = nameKey({ name: one.name, email: one.email });
  const local = localPart(one.email);
  return {
    whole: [
      ...(name === undefined ? [] : [`name ${name}`]),
      ...(local === undefined ? [] : [`local ${local}`]),
    ],
    parts: name?.split(' ').map((word) => `word ${word}`) ?? [],
  };
}

function localPart(email: string | null | undefined): string | undefined {
  return email ? foldName(email).split('@')[0] : undefined;
}

const comparedFields = ['managerRef', 'jobTitle', 'department', 'location'] as const;

function compare(person: KnownPerson, record: PersonRecord) {
  const names = compareNames(record, { ...person, id: person.externalId });
  const isSameLocal = localPart(person.email) === localPart(record.email);
  const known = comparedFields.filter((field) => person[field] && record[field]);
  const agreeing = known.filter(
    (field) => foldName(person[field] ?? '') === foldName(record[field] ?? ''),
  ).length;
  const all = agreeing + (isLocalKept(person.email, record.email) ? 1 : 0);
  const isFullName = nameKey(record)?.includes(' ') ?? false;
  // Another id in the same source speaks for another person.
  const isRenumbered = record.id !== undefined && person.externalId !== null;
  // With nothing but names and addresses to compare, a kept part of the address has to do.
  const isMarried =
    names === 'similar' &&
    haveSameGivenName(person.name, record.name) &&
    all >= (known.length === 0 ? 1 : 2);
  return {
    isLikely: (names === 'equal' && ((isFullName && !isRenumbered) || all >= 1)) || isMarried,
    isSameInDomain: names === 'equal' || (isSameLocal && names !== 'different'),
    change: domainChange(person.email ?? '', record.email ?? ''),
  };
}

/** Whether the new address has all words before the @ that the old one had: mia and mia.berg. */
function isLocalKept(before: string | null, after: string | undefined): boolean {
  const [old, next] = [before, after].map((email) => (localPart(email) ?? '').split(/[._-]+/));
  return old?.every((word) => word !== '' && next?.includes(word)) ?? false;
}

function countBy<T>(list: readonly T[], keyOf: (one: T) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const one of list) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}
