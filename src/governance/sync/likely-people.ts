import { mustAt } from '../../collections.ts';
import type { PersonRecord, Source } from '../../connectors/records.ts';
import {
  endOtherPairs,
  insertPairs,
  listDifferentPairs,
  listFormerHolders,
} from '../../store/people/identity-pairs.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { KnownPerson } from '../../store/sync/people.ts';
import type { Ctx } from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { foldName } from '../wording/fold-name.ts';
import { findLikelyPairs } from './likely-pairs.ts';
import type { PeopleMatches } from './match-people.ts';
import type { Entry } from './person-rows.ts';

/**
 * Finds new records that may be of people whom the source no longer has. They wait for a Super Admin: the person stays
 * as they are, and the record's access counts for them.
 * @returns the person of each such record, by its index.
 */
export async function findWaiting(
  ctx: Ctx,
  {
    source,
    records,
    before,
    found,
  }: {
    source: Source;
    records: readonly PersonRecord[];
    before: readonly KnownPerson[];
    found: PeopleMatches;
  },
): Promise<Map<number, KnownPerson>> {
  const matched = new Set(found.matches.map((match) => match?.id));
  const missing = before.filter(
    ({ id, connector, isOpen, active, email }) =>
      isOpen && active && email !== null && connector === source.name && !matched.has(id),
  );
  const fresh = records.flatMap((record, index) => {
    const isNew = found.matches[index] === undefined && record.active;
    return isNew && record.email !== undefined ? [{ index, record }] : [];
  });
  // An address that somebody had is not a new one of somebody else.
  const taken = new Set(before.flatMap((person) => (person.email ? [foldName(person.email)] : [])));
  const likely = findLikelyPairs(
    missing,
    fresh.filter(({ record }) => !taken.has(foldName(record.email ?? ''))),
  );
  const refused = new Set(
    (likely.length > 0 ? await listDifferentPairs(ctx.db) : []).map(
      ({ personId, email }) => `${personId} ${foldName(email)}`,
    ),
  );
  return new Map(
    likely.flatMap(({ index, person }) => {
      const key = `${person.id} ${foldName(mustAt(records, index).email ?? '')}`;
      return refused.has(key) ? [] : [[index, person] as const];
    }),
  );
}

/**
 * Stores the pairs that wait, and people who came with the address of somebody who has left. Super Admins see both in
 * `/rolemine people`.
 */
export async function recordPairs(
  ctx: Ctx,
  {
    connector,
    records,
    waiting,
    entries,
  }: {
    connector: string;
    records: readonly PersonRecord[];
    waiting: ReadonlyMap<number, KnownPerson>;
    entries: readonly Entry[];
  },
): Promise<void> {
  await endOtherPairs(
    ctx.db,
    connector,
    [...waiting.values()].map(({ id }) => id),
  );
  const held = [...waiting].map(([index, { id }]) => ({
    ...describe(mustAt(records, index)),
    kind: 'waiting' as const,
    personId: id,
  }));
  const added = new Map(
    entries.flatMap(({ match, row, record }) =>
      match === undefined && row.email !== null ? [[row.id, record] as const] : [],
    ),
  );
  const former = added.size > 0 ? await listFormerHolders(ctx.db, [...added.keys()]) : [];
  const reused = former.flatMap(({ formerId, newId }) => {
    const record = added.get(newId);
    return record
      ? [{ ...describe(record), kind: 'reused' as const, personId: formerId, otherId: newId }]
      : [];
  });
  const pairs = [...held, ...reused].map((pair) => ({ ...pair, connector, foundAt: ctx.now }));
  if ((await insertPairs(ctx.db, pairs)) === 0) return;
  const admins = await listSuperAdmins(ctx.db);
  await redrawHomes(
    ctx,
    admins.map(({ id }) => id),
  );
}

function describe({ id, email, name, jobTitle, department }: PersonRecord) {
  return {
    email: email ?? '',
    externalId: id ?? null,
    name: name ?? email ?? '',
    about: [jobTitle, department].filter(Boolean).join(', ') || null,
  };
}
