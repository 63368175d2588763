import type { PersonRecord } from '../../connectors/records.ts';
import { contactConnector } from '../../store/people/people.ts';
import type { KnownPerson } from '../../store/sync/people.ts';
import { foldName } from '../wording/fold-name.ts';
import { compareNames } from '../wording/name-agreement.ts';
import { indexStoredPeople, type StoredPeopleIndex } from './people-index.ts';

/** A record that would make somebody else of a person. */
export interface IdentityShift {
  record: PersonRecord;
  person: KnownPerson;
  /** The person who has the record's address; undefined: the record has nothing of the person but the id or address. */
  holder: KnownPerson | undefined;
}

export interface PeopleMatches {
  /** The stored person of each record. */
  matches: (KnownPerson | undefined)[];
  shifts: IdentityShift[];
  /** Records whose id belongs to somebody else from another source. */
  foreignIds: { index: number; person: KnownPerson }[];
}

/** People of these sources are known by their Slack user, and have the name that they chose. */
const selfNamed = new Set(['slack', contactConnector]);

/**
 * Finds the stored person of each record (docs/governance.md#who-is-who-in-an-import): by id; else by the address of
 * an open person; else by the Slack account whose verified address is the record's.
 */
export function matchPeople(
  records: readonly PersonRecord[],
  before: readonly KnownPerson[],
  connector: string,
): PeopleMatches {
  const index = indexStoredPeople(before, connector);
  const found: PeopleMatches = { matches: [], shifts: [], foreignIds: [] };
  const taken = new Set<number>();
  found.matches = records.map((record, at) => {
    const person = record.id === undefined ? undefined : index.byId(record.id);
    if (!person) return undefined;
    if (isForeignId(record, person, connector)) {
      found.foreignIds.push({ index: at, person });
      return undefined;
    }
    taken.add(person.id);
    return person;
  });
  const matchRest = (find: (record: PersonRecord) => KnownPerson | undefined) => {
    records.forEach((record, at) => {
      if (found.matches[at]) return;
      const person = find(record);
      if (!person || taken.has(person.id)) return;
      taken.add(person.id);
      found.matches[at] = person;
    });
  };
  matchRest((record) => index.byAlias(record.email));
  matchRest((record) => {
    const person = index.byEmail(record.email);
    return person && isSameByAddress(record, person, connector) ? person : undefined;
  });
  matchRest((record) => {
    const person = index.bySlackEmail(record.email);
    return person && isSameBySlack(record, person, connector) ? person : undefined;
  });
  // Without ids nobody can say more of a person than name and address. They come back without any rights.
  matchRest((record) => {
    const person = record.id === undefined ? index.byFormerEmail(record.email) : undefined;
    const isBack = person?.connector === connector && namesOf(record, person) === 'equal';
    return isBack ? person : undefined;
  });
  found.shifts = findShifts(records, found.matches, { connector, index });
  return found;
}

/** The id of a person in this source, as far as it is known. */
function idIn(person: KnownPerson, connector: string): string | undefined {
  const own = person.sources[connector]?.id;
  return own ?? (person.connector === connector ? (person.externalId ?? undefined) : undefined);
}

function namesOf(record: PersonRecord, person: KnownPerson) {
  return compareNames(record, { ...person, id: person.externalId });
}

function isAddressDifferent(record: PersonRecord, person: KnownPerson): boolean {
  const address = person.email ?? person.formerEmail;
  return !record.email || !address || foldName(record.email) !== foldName(address);
}

/** Two sources may number their people alike. Then the id alone says nothing. */
function isForeignId(record: PersonRecord, person: KnownPerson, connector: string): boolean {
  if (!person.isOpen || idIn(person, connector) !== undefined) return false;
  return isAddressDifferent(record, person) && namesOf(record, person) === 'different';
}

/** Whether the person with the record's address is the record's, and not an earlier holder of the address. */
function isSameByAddress(record: PersonRecord, person: KnownPerson, connector: string): boolean {
  const names = namesOf(record, person);
  const id = idIn(person, connector);
  if (record.id !== undefined && id !== undefined) return names === 'equal';
  if (selfNamed.has(person.connector) || selfNamed.has(connector)) return true;
  // Without ids the address is all there is; `findShifts` looks at the names.
  return person.connector === connector || names !== 'different';
}

/**
 * Whether the person whose Slack account has the record's address is the record's. Slack accounts are sometimes handed
 * on with a new address, so the name or a Super Admin has to agree.
 */
function isSameBySlack(record: PersonRecord, person: KnownPerson, connector: string): boolean {
  if (person.connector !== connector && !selfNamed.has(person.connector)) return false;
  const names = namesOf(record, person);
  const id = idIn(person, connector);
  if (record.id !== undefined && id !== undefined) return names === 'equal';
  return names === 'equal' || names === 'similar' || person.isSlackAddressKept;
}

/** Finds people whose id comes with the address of another, and people of whom a record has only id or address. */
function findShifts(
  records: readonly PersonRecord[],
  matches: readonly (KnownPerson | undefined)[],
  { connector, index }: { connector: string; index: StoredPeopleIndex },
): IdentityShift[] {
  return records.flatMap((record, at): IdentityShift[] => {
    const person = matches[at];
    if (!person || index.isMerged(record)) return [];
    const holder = index.byEmail(record.email);
    // A contact is nobody's record yet; that the address is theirs is said as a problem of the line.
    const isTaken = holder && holder.id !== person.id && !selfNamed.has(holder.connector);
    if (isTaken) return [{ record, person, holder }];
    return isReplaced(record, person, connector) ? [{ record, person, holder: undefined }] : [];
  });
}

/** Whether a record has another name than the person, and only the id or only the address in common with them. */
function isReplaced(record: PersonRecord, person: KnownPerson, connector: string): boolean {
  if (namesOf(record, person) !== 'different') return false;
  if (isAddressDifferent(record, person)) return isOnlyId(record, person);
  const isById = record.id !== undefined && idIn(person, connector) !== undefined;
  return !isById && !selfNamed.has(person.connector) && !selfNamed.has(connector);
}

/** Whether nothing but the id connects a record with a person. A verified Slack address is a connection, too. */
function isOnlyId({ email }: PersonRecord, { slackEmail, isSlackAddressKept }: KnownPerson) {
  const isSlacks = slackEmail && email && foldName(slackEmail) === foldName(email);
  return !(isSlacks && isSlackAddressKept);
}
