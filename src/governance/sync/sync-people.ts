import { mustAt } from '../../collections.ts';
import type { PersonRecord, Source } from '../../connectors/records.ts';
import type { IdentityShifts } from '../../store/schema/sync.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import {
  closePeople,
  insertSyncedPeople,
  type KnownPerson,
  listPeopleForSync,
  releaseEmails,
  touchPeople,
  updateSyncedPeople,
} from '../../store/sync/people.ts';
import { reserveIds } from '../../store/sync/sync-runs.ts';
import type { Ctx } from '../context.ts';
import { expireLinks } from '../email-links/action-links.ts';
import { announceReturns, endLeaversRights } from '../people/departures.ts';
import { foldName } from '../wording/fold-name.ts';
import { describeShifts } from './identity-shifts.ts';
import { findWaiting, recordPairs } from './likely-people.ts';
import { matchPeople, type PeopleMatches } from './match-people.ts';
import {
  buildRow,
  countFall,
  type Entry,
  findSecondRecords,
  isChanged,
  planEmails,
} from './person-rows.ts';
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
  /** People who would become somebody else; then the import is held. */
  identities: IdentityShifts | undefined;
  /** People whom an earlier import brought, with another manager than before. */
  managers: ManagerChange[];
}

/**
 * Brings people in line with a source: adds, updates and reopens people, and closes the source's people that it no
 * longer has. People who leave lose all rights. An address or id that belongs to a person of another source becomes a
 * problem, and nothing is changed.
 */
export async function syncPeople(
  ctx: Ctx,
  { source, staged, runId }: { source: Source; staged: Staged; runId: number },
): Promise<PeopleChange> {
  // A right that somebody has in spite of having left does not come back with them.
  await endLeaversRights(ctx);
  const before = await listPeopleForSync(ctx.db);
  const found = matchPeople(staged.people, before, source.name);
  const waiting = await findWaiting(ctx, { source, records: staged.people, before, found });
  const matches = staged.people.map((_, index) => found.matches[index] ?? waiting.get(index));
  const ids = await assignIds(ctx, matches);
  for (const { id } of staged.outsiders) ids.push(id);

  const entries = buildEntries({ source, staged, before, matches, waiting, ids });
  const matched = new Set(matches.map((match) => match?.id));
  const isGone = ({ id, connector }: { id: number; connector: string }) =>
    connector === source.name && !matched.has(id) && !staged.kept.has(id);
  const closed = before.filter((person) => person.isOpen && isGone(person)).map(({ id }) => id);
  const { released, conflicts } = planEmails(entries, before, isGone);
  reportConflicts(source, staged, { conflicts, foreignIds: found.foreignIds });
  const waitingIds = new Set([...waiting.values()].map(({ id }) => id));
  const staying = new Set([...waitingIds, ...staged.kept]);
  const fall = countFall(entries, before, { connector: source.name, staying });
  const managers = listManagerChanges(entries);
  const change = { ids, fall, identities: await describeShifts(ctx, found.shifts), managers };
  if (source.problems.count > 0) return { ...change, counts: noChange, closed: [] };

  await releaseEmails(ctx.db, released);
  const counts = await storePeople(ctx, { entries, runId });
  await touchPeople(ctx.db, [...waitingIds], runId);
  await closePeople(ctx.db, closed, ctx.now);
  await expireLinks(ctx, [...closed, ...listEnding(entries)]);
  await endLeaversRights(ctx);
  await announceReturns(ctx, listReturning(entries));
  await recordPairs(ctx, { connector: source.name, records: staged.people, waiting, entries });
  return { ...change, counts: { ...counts, peopleClosed: closed.length }, closed };
}

/** A person keeps the stored state if the source has one that cannot be read. */
function keepUnreadState(record: PersonRecord, before: KnownPerson | undefined): PersonRecord {
  return record.isStateUnread && before ? { ...record, active: before.active } : record;
}

export interface ManagerChange {
  personId: number;
  before: number | null;
  after: number | null;
}

function listManagerChanges(entries: readonly Entry[]): ManagerChange[] {
  return entries.flatMap(({ match, row }) =>
    match && match.managerId !== row.managerId
      ? [{ personId: row.id, before: match.managerId, after: row.managerId }]
      : [],
  );
}

const noChange = { peopleAdded: 0, peopleUpdated: 0, peopleReopened: 0, peopleClosed: 0 };

function buildEntries({
  source,
  staged,
  before,
  matches,
  waiting,
  ids,
}: {
  source: Source;
  staged: Staged;
  before: readonly KnownPerson[];
  matches: readonly (KnownPerson | undefined)[];
  waiting: ReadonlyMap<number, KnownPerson>;
  ids: readonly number[];
}): Entry[] {
  const findManager = createManagerLookup(source, staged, ids);
  const second = findSecondRecords(staged.people, matches);
  const holders = new Map(before.map(({ externalId, id }) => [externalId, id]));
  return staged.people.flatMap((read, index): Entry[] => {
    if (waiting.has(index) || second.has(index)) return [];
    const match = matches[index];
    const record = keepUnreadState(read, match);
    const id = mustAt(ids, index);
    const isIdFree = (externalId: string) => (holders.get(externalId) ?? id) === id;
    const row = buildRow(record, { before: match, connector: source.name, id, isIdFree });
    if (record.managerRef !== undefined) row.managerId = findManager(record);
    return [{ record, match, row }];
  });
}

function reportConflicts(
  source: Source,
  staged: Staged,
  {
    conflicts,
    foreignIds,
  }: Pick<PeopleMatches, 'foreignIds'> & Pick<ReturnType<typeof planEmails>, 'conflicts'>,
): void {
  const file = source.files.people ?? 'people';
  for (const { record, holder } of conflicts) {
    const { line, email = '' } = record;
    const message = `this address belongs to ${holder.name} from another source.`;
    source.problems.add({ file, line, column: 'email', value: email, message });
  }
  for (const { index, person } of foreignIds) {
    const { line, id = '' } = mustAt(staged.people, index);
    const message = `this id belongs to ${person.name} from ${person.connector}. Give the ids of this source a prefix.`;
    source.problems.add({ file, line, column: 'id', value: id, message });
  }
}

/** @returns the ids of the matched people, and new ids for the others. */
async function assignIds(
  ctx: Ctx,
  matches: readonly (KnownPerson | undefined)[],
): Promise<number[]> {
  const missing = matches.filter((match) => match === undefined).length;
  const reserved = await reserveIds(ctx.db, 'people', missing);
  let used = 0;
  return matches.map((match) => match?.id ?? mustAt(reserved, used++));
}

async function storePeople(
  ctx: Ctx,
  { entries, runId }: { entries: readonly Entry[]; runId: number },
): Promise<Omit<PeopleChange['counts'], 'peopleClosed'>> {
  const rowsOf = (list: readonly Entry[]) => list.map(({ row }) => row);
  const added = entries.filter(({ match }) => match === undefined);
  const updated = entries.filter(isChanged);
  await updateSyncedPeople(ctx.db, rowsOf(updated));
  await expireLinks(ctx, listChangedAddresses(entries));
  await insertSyncedPeople(ctx.db, rowsOf(added), runId);
  await touchPeople(
    ctx.db,
    entries.flatMap(({ match }) => (match ? match.id : [])),
    runId,
  );
  const reopened = entries.filter(({ match }) => match && !match.isOpen).length;
  return {
    peopleAdded: added.length,
    peopleUpdated: updated.length - reopened,
    peopleReopened: reopened,
  };
}

/** @returns the ids of people whose address changes: links in earlier mails must expire. */
function listChangedAddresses(entries: readonly Entry[]): number[] {
  return entries.flatMap(({ match, row }) =>
    match && foldName(match.email ?? '') !== foldName(row.email ?? '') ? row.id : [],
  );
}

/** @returns the ids of people who become inactive. */
function listEnding(entries: readonly Entry[]): number[] {
  return entries.flatMap(({ match, row }) => (match?.active && !row.active ? row.id : []));
}

/** @returns the ids of people who had left and are active again. */
function listReturning(entries: readonly Entry[]): number[] {
  return entries.flatMap(({ match, row }) =>
    match && !(match.isOpen && match.active) && row.active ? row.id : [],
  );
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
