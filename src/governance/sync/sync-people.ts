import { mustAt } from '../../collections.ts';
import type { PersonRecord, Source } from '../../connectors/records.ts';
import { selfEditedConnectors } from '../../store/people/people.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import {
  closePeople,
  insertSyncedPeople,
  listPeopleForSync,
  releaseEmails,
  type SyncedPerson,
  touchPeople,
  updateSyncedPeople,
} from '../../store/sync/people.ts';
import { reserveIds } from '../../store/sync/sync-runs.ts';
import type { Ctx } from '../context.ts';
import { expireLinks } from '../email-links/action-links.ts';
import { foldName } from '../wording/fold-name.ts';
import type { Staged } from './staging.ts';

export interface PeopleChange {
  /** Database id of each staged person and outsider. */
  ids: number[];
  counts: {
    peopleAdded: number;
    peopleUpdated: number;
    peopleReopened: number;
    peopleClosed: number;
  };
  /** Database ids of closed people. */
  closed: number[];
  /** Of the source's active people, for the mass-removal brake. */
  fall: Fall;
  /** People whom an earlier import brought, with another manager than before. */
  managers: ManagerChange[];
}

/**
 * Brings people in line with a source: adds, updates and reopens people, and closes the source's people that it no
 * longer has. An address that belongs to a person of another source becomes a problem, and nothing is changed.
 */
export async function syncPeople(
  ctx: Ctx,
  { source, staged, runId }: { source: Source; staged: Staged; runId: number },
): Promise<PeopleChange> {
  const before = await listPeopleForSync(ctx.db);
  const matches = matchPeople(staged.people, before);
  const ids = await assignIds(ctx, matches);
  for (const { id } of staged.outsiders) ids.push(id);

  const findManager = createManagerLookup(source, staged, ids);
  const rows = staged.people.map((record, index) => {
    const row = buildRow(record, {
      before: matches[index],
      connector: source.name,
      id: mustAt(ids, index),
    });
    if (record.managerRef !== undefined) row.managerId = findManager(record);
    return row;
  });
  const matched = new Set(matches.map((match) => match?.id));
  const isGone = (person: SyncedPerson) =>
    person.connector === source.name && !matched.has(person.id);
  const closed = before.filter((person) => person.isOpen && isGone(person)).map(({ id }) => id);
  const { released, conflicts } = planEmails(rows, before, isGone);
  for (const { index, holder } of conflicts) {
    const { line, email = '' } = mustAt(staged.people, index);
    const message = `this address belongs to ${holder.name} from another source.`;
    const file = source.files.people ?? 'people';
    source.problems.add({ file, line, column: 'email', value: email, message });
  }
  const fall = countFall(rows, before, source.name);
  if (source.problems.count > 0) return { ids, counts: noChange, closed: [], fall, managers: [] };

  await releaseEmails(ctx.db, released);
  const counts = await storePeople(ctx, { rows, matches, runId });
  await closePeople(ctx.db, closed, ctx.now);
  return {
    ids,
    counts: { ...counts, peopleClosed: closed.length },
    closed,
    fall,
    managers: listManagerChanges(rows, matches),
  };
}

export interface ManagerChange {
  personId: number;
  before: number | null;
  after: number | null;
}

function listManagerChanges(
  rows: readonly SyncedPerson[],
  matches: readonly (SyncedPerson | undefined)[],
): ManagerChange[] {
  return rows.flatMap(({ id: personId, managerId: after }, index) => {
    const match = matches[index];
    if (!match || match.managerId === after) return [];
    return [{ personId, before: match.managerId, after }];
  });
}

const noChange = { peopleAdded: 0, peopleUpdated: 0, peopleReopened: 0, peopleClosed: 0 };

/** @returns the ids of the matched people, and new ids for the others. */
async function assignIds(
  ctx: Ctx,
  matches: readonly (SyncedPerson | undefined)[],
): Promise<number[]> {
  const missing = matches.filter((match) => match === undefined).length;
  const reserved = await reserveIds(ctx.db, 'people', missing);
  let used = 0;
  return matches.map((match) => match?.id ?? mustAt(reserved, used++));
}

/** Counts the active people of a source, and those of them that are not active afterwards. */
function countFall(
  rows: readonly SyncedPerson[],
  before: readonly SyncedPerson[],
  connector: string,
): Fall {
  const activeAfter = new Map(rows.map((row) => [row.id, row.active]));
  const active = before.filter(
    (person) => person.isOpen && person.active && person.connector === connector,
  );
  const closing = active.filter(({ id }) => !activeAfter.get(id)).length;
  return { before: active.length, closing };
}

async function storePeople(
  ctx: Ctx,
  {
    rows,
    matches,
    runId,
  }: {
    rows: readonly SyncedPerson[];
    matches: readonly (SyncedPerson | undefined)[];
    runId: number;
  },
): Promise<Omit<PeopleChange['counts'], 'peopleClosed'>> {
  const added = rows.filter((_, index) => matches[index] === undefined);
  const updated = rows.filter((row, index) => isChanged(matches[index], row));
  await updateSyncedPeople(ctx.db, updated);
  await expireLinks(ctx, listChangedAddresses(rows, matches));
  await insertSyncedPeople(ctx.db, added, runId);
  await touchPeople(
    ctx.db,
    matches.flatMap((match) => (match ? match.id : [])),
    runId,
  );
  const reopened = matches.filter((match) => match && !match.isOpen).length;
  return {
    peopleAdded: added.length,
    peopleUpdated: updated.length - reopened,
    peopleReopened: reopened,
  };
}

/**
 * Finds the stored person of each record, by id or else by e-mail address. The id decides: if the person with the
 * address is in the source under another id, the record is a new person with a reused address.
 */
function matchPeople(
  records: readonly PersonRecord[],
  before: readonly SyncedPerson[],
): (SyncedPerson | undefined)[] {
  const byId = new Map(before.flatMap((row) => (row.externalId ? [[row.externalId, row]] : [])));
  const byEmail = new Map(before.flatMap((row) => (row.email ? [[foldName(row.email), row]] : [])));
  const matches = records.map(({ id }) => (id === undefined ? undefined : byId.get(id)));
  const matched = new Set(matches.map((match) => match?.id));
  return matches.map((match, index) => {
    const email = records[index]?.email;
    if (match || email === undefined) return match;
    const found = byEmail.get(foldName(email));
    return found && !matched.has(found.id) ? found : undefined;
  });
}

/**
 * Builds the person as this sync stores them. A source replaces all attributes of its own people, so a missing value
 * clears the stored one. For people of other sources it only adds values. A missing address or id is never cleared.
 */
function buildRow(
  record: PersonRecord,
  { before, connector, id }: { before: SyncedPerson | undefined; connector: string; id: number },
): SyncedPerson {
  // A contact has no source yet, and every other source knows people better than their own Slack profile. A closed person belongs to the source that brings them back.
  const isOwn =
    !before?.isOpen ||
    before.connector === connector ||
    selfEditedConnectors.includes(before.connector);
  const keep = isOwn ? undefined : before;
  return {
    id,
    connector: keep?.connector ?? connector,
    externalId: record.id ?? before?.externalId ?? null,
    email: record.email ?? before?.email ?? null,
    name: record.name ?? before?.name ?? record.email ?? record.id ?? '',
    department: record.department ?? keep?.department ?? null,
    jobTitle: record.jobTitle ?? keep?.jobTitle ?? null,
    employmentStatus: record.employmentStatus ?? keep?.employmentStatus ?? null,
    employmentType: record.employmentType ?? keep?.employmentType ?? null,
    managerRef: record.managerRef ?? keep?.managerRef ?? null,
    managerId: keep?.managerId ?? null,
    location: record.location ?? keep?.location ?? null,
    attributes: { ...keep?.attributes, ...record.attributes },
    active: keep?.active ?? record.active,
    isOpen: true,
  };
}

/** @returns the ids of people whose address changes: links in earlier mails must expire. */
function listChangedAddresses(
  rows: readonly SyncedPerson[],
  matches: readonly (SyncedPerson | undefined)[],
): number[] {
  return rows.flatMap(({ id, email }, index) => {
    const before = matches[index];
    return before && foldName(before.email ?? '') !== foldName(email ?? '') ? id : [];
  });
}

/** The returned function warns once about each unknown manager, whose reports form a cohort nevertheless. */
function createManagerLookup(
  source: Source,
  staged: Staged,
  ids: readonly number[],
): (record: PersonRecord) => number | null {
  const file = source.files.people ?? 'people';
  const unknown = new Set<string>();
  return ({ managerRef: value = '', line }) => {
    const index = staged.findPerson(value);
    if (index !== undefined) return mustAt(ids, index);
    if (unknown.has(value)) return null;
    unknown.add(value);
    const message = 'no such person; people with this manager still form a cohort.';
    source.warnings.add({ file, line, column: 'manager_email', value, message });
    return null;
  };
}

/**
 * Finds addresses that move from one person to another. Addresses are unique, so the earlier holders release them
 * before the others are stored.
 * @returns `released`: ids of earlier holders who get another address or are gone; `conflicts`: indexes of rows with
 * an address that its holder keeps.
 */
function planEmails(
  rows: readonly SyncedPerson[],
  before: readonly SyncedPerson[],
  isGone: (person: SyncedPerson) => boolean,
): { released: number[]; conflicts: { index: number; holder: SyncedPerson }[] } {
  const keyOf = ({ email }: SyncedPerson) => (email === null ? undefined : foldName(email));
  const holders = new Map(before.map((person) => [keyOf(person), person]));
  const after = new Map(rows.map((row) => [row.id, row]));
  const released: number[] = [];
  const conflicts: { index: number; holder: SyncedPerson }[] = [];
  rows.forEach((row, index) => {
    const key = keyOf(row);
    const holder = key === undefined ? undefined : holders.get(key);
    if (!holder || holder.id === row.id) return;
    const next = after.get(holder.id);
    const isFree = next ? keyOf(next) !== key : isGone(holder) || !holder.isOpen;
    if (isFree) released.push(holder.id);
    else conflicts.push({ index, holder });
  });
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

function isChanged(before: SyncedPerson | undefined, after: SyncedPerson): boolean {
  if (!before) return false;
  // The database stores the keys of JSON in its own order.
  const sorted = ({ attributes }: SyncedPerson) =>
    JSON.stringify(Object.entries(attributes).sort());
  return (
    comparedFields.some((key) => before[key] !== after[key]) || sorted(before) !== sorted(after)
  );
}
