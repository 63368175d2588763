import type { PersonRecord, Source } from '../../connectors/records.ts';
import { contactConnector } from '../../store/people/people.ts';
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
  /** Database ids of those who are gone. */
  closed: number[];
  /** Of the source's active people. */
  fall: Fall;
}

/**
 * Brings people in line with the source: adds, updates, opens again those who are back, and closes the
 * source's people who are gone. An e-mail or id that belongs to somebody else here is a problem.
 */
export async function syncPeople(
  ctx: Ctx,
  source: Source,
  staged: Staged,
  runId: number,
): Promise<PeopleChange> {
  const before = await listPeopleForSync(ctx.db);
  const matches = matchPeople(staged.people, before);
  const missing = matches.filter((match) => match === undefined).length;
  const fresh = (await reserveIds(ctx.db, 'people', missing)).reverse();
  const ids = matches.map((match) => match?.id ?? fresh.pop() ?? 0);
  for (const { id } of staged.outsiders) ids.push(id);

  const findManager = managerFinder(source, staged, ids);
  const rows = staged.people.map((record, index) => {
    const row = rowOf(record, matches[index], source.name, ids[index] ?? 0);
    if (record.managerRef !== undefined) row.managerId = findManager(record);
    return row;
  });
  const taken = new Set(matches.map((match) => match?.id));
  const isGone = (person: SyncedPerson) =>
    person.connector === source.name && !taken.has(person.id);
  const closed = before.filter((person) => person.isOpen && isGone(person)).map(({ id }) => id);
  const freed = planEmails(rows, before, isGone, (index, holder) => {
    const { line = 0, email = '' } = staged.people[index] ?? {};
    const message = `this address belongs to ${holder.name}, whom another source brought.`;
    const file = source.files.people ?? 'people';
    source.problems.add({ file, line, column: 'email', value: email, message });
  });
  const after = new Map(rows.map((row) => [row.id, row.active]));
  const live = before.filter(
    (person) => person.isOpen && person.active && person.connector === source.name,
  );
  const fall = {
    before: live.length,
    closing: live.filter(({ id }) => !after.get(id)).length,
  };
  if (source.problems.count > 0) return { ids, counts: noChange, closed: [], fall };

  const added = rows.filter((_, index) => matches[index] === undefined);
  const updated = rows.filter((row, index) => isChanged(matches[index], row));
  await releaseEmails(ctx.db, freed);
  await updateSyncedPeople(ctx.db, updated);
  await expireLinks(ctx, listReaddressed(rows, matches));
  await insertSyncedPeople(ctx.db, added, runId);
  await touchPeople(
    ctx.db,
    matches.flatMap((match) => (match ? match.id : [])),
    runId,
  );
  await closePeople(ctx.db, closed, ctx.now);
  const reopened = matches.filter((match) => match && !match.isOpen).length;
  const counts = {
    peopleAdded: added.length,
    peopleUpdated: updated.length - reopened,
    peopleReopened: reopened,
    peopleClosed: closed.length,
  };
  return { ids, counts, closed, fall };
}

const noChange = { peopleAdded: 0, peopleUpdated: 0, peopleReopened: 0, peopleClosed: 0 };

/**
 * Whom each record is about: the person of that id, or else of that e-mail. An id weighs more: where the
 * e-mail's person is in the source under an id of their own, the record is somebody new, who has got an
 * address that was used before.
 */
function matchPeople(
  records: readonly PersonRecord[],
  before: readonly SyncedPerson[],
): (SyncedPerson | undefined)[] {
  const byId = new Map(before.flatMap((row) => (row.externalId ? [[row.externalId, row]] : [])));
  const byEmail = new Map(before.flatMap((row) => (row.email ? [[foldName(row.email), row]] : [])));
  const matches = records.map(({ id }) => (id === undefined ? undefined : byId.get(id)));
  const taken = new Set(matches.map((match) => match?.id));
  return matches.map((match, index) => {
    const email = records[index]?.email;
    if (match || email === undefined) return match;
    const found = byEmail.get(foldName(email));
    return found && !taken.has(found.id) ? found : undefined;
  });
}

/**
 * The person after this sync. A source says everything about the people it brought, so that what it no
 * longer says is gone; about others' people it only adds. E-mail and id are kept in any case.
 */
function rowOf(
  record: PersonRecord,
  before: SyncedPerson | undefined,
  connector: string,
  id: number,
): SyncedPerson {
  // A contact only is somebody; and who was closed is whoever's brings them back.
  const isOwn =
    !before?.isOpen || before.connector === connector || before.connector === contactConnector;
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

/** Whose mail went to another address before. */
function listReaddressed(
  rows: readonly SyncedPerson[],
  matches: readonly (SyncedPerson | undefined)[],
): number[] {
  return rows.flatMap(({ id, email }, index) => {
    const before = matches[index];
    return before && foldName(before.email ?? '') !== foldName(email ?? '') ? id : [];
  });
}

/** Warns, once each, of managers who are nobody here; what is written there makes a cohort all the same. */
function managerFinder(
  source: Source,
  staged: Staged,
  ids: readonly number[],
): (record: PersonRecord) => number | null {
  const file = source.files.people ?? 'people';
  const unknown = new Set<string>();
  return ({ managerRef: value = '', line }) => {
    const index = staged.findPerson(value);
    if (index !== undefined) return ids[index] ?? null;
    if (unknown.has(value)) return null;
    unknown.add(value);
    const message = 'no such person; those who have this manager are a cohort all the same.';
    source.warnings.add({ file, line, column: 'manager_email', value, message });
    return null;
  };
}

/**
 * @returns the people who have to give their e-mail up first, because it goes to somebody else: those
 * who get another one, and those who are no longer here. An address still in use is reported.
 */
function planEmails(
  rows: readonly SyncedPerson[],
  before: readonly SyncedPerson[],
  isGone: (person: SyncedPerson) => boolean,
  report: (index: number, holder: SyncedPerson) => void,
): number[] {
  const keyOf = ({ email }: SyncedPerson) => (email === null ? undefined : foldName(email));
  const holders = new Map(before.map((person) => [keyOf(person), person]));
  const after = new Map(rows.map((row) => [row.id, row]));
  const freed: number[] = [];
  rows.forEach((row, index) => {
    const key = keyOf(row);
    const holder = key === undefined ? undefined : holders.get(key);
    if (!holder || holder.id === row.id) return;
    const next = after.get(holder.id);
    const isFree = next ? keyOf(next) !== key : isGone(holder) || !holder.isOpen;
    if (isFree) freed.push(holder.id);
    else report(index, holder);
  });
  return freed;
}

const compared = [
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
  // The database keeps the keys of JSON in an order of its own.
  const sorted = ({ attributes }: SyncedPerson) =>
    JSON.stringify(Object.entries(attributes).sort());
  return compared.some((key) => before[key] !== after[key]) || sorted(before) !== sorted(after);
}
