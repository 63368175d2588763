import { mustAt } from '../../collections.ts';
import type { PersonRecord } from '../../connectors/records.ts';
import { selfEditedConnectors } from '../../store/people/people.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import type { KnownPerson, SyncedPerson } from '../../store/sync/people.ts';
import { foldName } from '../wording/fold-name.ts';

/** One person of a source: the record, the person before, and the person as this sync stores them. */
export interface Entry {
  record: PersonRecord;
  match: KnownPerson | undefined;
  row: SyncedPerson;
}

/**
 * Builds the person as this sync stores them. A source replaces all attributes of its own people, so a missing value
 * clears the stored one. For people of other sources it only adds values. A missing address or id is never cleared.
 * @param isIdFree whether nobody else has this id: two merged people had an id each.
 */
export function buildRow(
  record: PersonRecord,
  {
    before,
    connector,
    id,
    isIdFree,
  }: {
    before: KnownPerson | undefined;
    connector: string;
    id: number;
    isIdFree: (id: string) => boolean;
  },
): SyncedPerson {
  // A contact has no source yet, and every other source knows people better than their own Slack profile. A closed
  // person belongs to the source that brings them back.
  const isOwn =
    !before?.isOpen ||
    before.connector === connector ||
    selfEditedConnectors.includes(before.connector);
  const keep = isOwn ? undefined : before;
  const ownId = record.id !== undefined && isIdFree(record.id) ? record.id : undefined;
  const sources = sourcesAfter(record, { before, connector, isOwn });
  return {
    id,
    connector: keep?.connector ?? connector,
    // Each source has its own ids; that of another source would take the place of the person's.
    externalId: (keep ? (keep.externalId ?? ownId) : (ownId ?? before?.externalId)) ?? null,
    email: record.email ?? before?.email ?? null,
    name: record.name ?? before?.name ?? record.email ?? record.id ?? '',
    ...attributesOf(record, keep),
    attributes: { ...keep?.attributes, ...record.attributes },
    sources,
    active: isActiveIn(record, { keep, sources }),
    isOpen: true,
  };
}

function attributesOf(record: PersonRecord, keep: KnownPerson | undefined) {
  return {
    department: record.department ?? keep?.department ?? null,
    jobTitle: record.jobTitle ?? keep?.jobTitle ?? null,
    employmentStatus: record.employmentStatus ?? keep?.employmentStatus ?? null,
    employmentType: record.employmentType ?? keep?.employmentType ?? null,
    managerRef: record.managerRef ?? keep?.managerRef ?? null,
    managerId: keep?.managerId ?? null,
    location: record.location ?? keep?.location ?? null,
  };
}

/** What other sources say about a person: their id there, and that they have left. */
function sourcesAfter(
  { id, active }: PersonRecord,
  {
    before,
    connector,
    isOwn,
  }: { before: KnownPerson | undefined; connector: string; isOwn: boolean },
): SyncedPerson['sources'] {
  const { [connector]: own, ...others } = before?.sources ?? {};
  if (isOwn) return others;
  const said = { ...own, ...(id === undefined ? {} : { id }), inactive: !active };
  return { ...others, [connector]: said };
}

/** A person is active while no source says that they have left. */
function isActiveIn(
  record: PersonRecord,
  { keep, sources }: { keep: KnownPerson | undefined; sources: SyncedPerson['sources'] },
): boolean {
  const isLeftElsewhere = Object.values(sources).some(({ inactive }) => inactive);
  if (!record.active || isLeftElsewhere) return false;
  // The person's own source may say no. Only what another source said is known apart from that.
  const wasLeftElsewhere = Object.values(keep?.sources ?? {}).some(({ inactive }) => inactive);
  return keep === undefined || keep.active || wasLeftElsewhere;
}

/** Finds records of a person who has another record that fits better, as two merged people have. */
export function findSecondRecords(
  records: readonly PersonRecord[],
  matches: readonly (KnownPerson | undefined)[],
): Set<number> {
  const first = new Map<number, number>();
  const second = new Set<number>();
  matches.forEach((match, index) => {
    if (!match) return;
    const other = first.get(match.id);
    if (other === undefined) {
      first.set(match.id, index);
      return;
    }
    const isBetter = isOwnRecord(mustAt(records, index), match);
    second.add(isBetter ? other : index);
    if (isBetter) first.set(match.id, index);
  });
  return second;
}

function isOwnRecord({ id, email }: PersonRecord, person: KnownPerson): boolean {
  if (id !== undefined && id === person.externalId) return true;
  return email !== undefined && foldName(email) === foldName(person.email ?? '');
}

/**
 * Counts the active people of a source, with those of other sources whom it names, and the ones among them who are not
 * active afterwards.
 * @param staying people who stay as they are.
 */
export function countFall(
  entries: readonly Entry[],
  before: readonly KnownPerson[],
  { connector, staying }: { connector: string; staying: ReadonlySet<number> },
): Fall {
  const activeAfter = new Map(entries.map(({ row }) => [row.id, row.active]));
  const active = before.filter(
    ({ id, isOpen, active, connector: source }) =>
      isOpen && active && (source === connector || activeAfter.has(id)),
  );
  const closing = active.filter(({ id }) => !staying.has(id) && !activeAfter.get(id)).length;
  return { before: active.length, closing };
}

/**
 * Finds addresses that move from one person to another. Addresses are unique, so the earlier holders release them
 * before the others are stored.
 * @returns `released`: ids of earlier holders who get another address or are gone; `conflicts`: entries with an
 * address that its holder keeps.
 */
export function planEmails(
  entries: readonly Entry[],
  before: readonly KnownPerson[],
  isGone: (person: SyncedPerson) => boolean,
): { released: number[]; conflicts: { record: PersonRecord; holder: KnownPerson }[] } {
  const keyOf = ({ email }: SyncedPerson) => (email === null ? undefined : foldName(email));
  const holders = new Map(before.map((person) => [keyOf(person), person]));
  const after = new Map(entries.map(({ row }) => [row.id, row]));
  const released: number[] = [];
  const conflicts: { record: PersonRecord; holder: KnownPerson }[] = [];
  for (const { row, record } of entries) {
    const key = keyOf(row);
    const holder = key === undefined ? undefined : holders.get(key);
    if (!holder || holder.id === row.id) continue;
    const next = after.get(holder.id);
    const isFree = next ? keyOf(next) !== key : isGone(holder) || !holder.isOpen;
    if (isFree) released.push(holder.id);
    else conflicts.push({ record, holder });
  }
  return { released, conflicts };
}

const comparedFields = [
  'connector',
  'externalId',
  'email',
  'name',
  'department',
  'jobTitle',
  'employmentStatus',
  'employmentType',
  'managerRef',
  'managerId',
  'location',
  'active',
  'isOpen',
] as const satisfies (keyof SyncedPerson)[];

export function isChanged({ match, row }: Entry): boolean {
  if (!match) return false;
  // The database stores the keys of JSON in its own order.
  const sorted = (value: object): string =>
    JSON.stringify(Object.entries(value).sort(), (_, one: unknown) =>
      isPlain(one) ? Object.entries(one).sort() : one,
    );
  return (
    comparedFields.some((key) => match[key] !== row[key]) ||
    sorted(match.attributes) !== sorted(row.attributes) ||
    sorted(match.sources) !== sorted(row.sources)
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
