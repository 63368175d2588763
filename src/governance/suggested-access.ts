import { wilsonLowerBound } from '../mining/matrix.ts';
import { listEntitlementsById } from '../store/entitlements.ts';
import { listPeerAccess, listPeers } from '../store/peers.ts';
import { findPerson } from '../store/people.ts';
import type { ActorCtx } from './context.ts';
import { mayRequestFor } from './requests.ts';

/** Something a person may want to ask for, and why. */
export interface SuggestedAccess {
  entitlementId: number;
  app: string;
  name: string;
  /** "41 of 44 in Engineering hold it" */
  evidence: string;
}

/** Fewer people than this are no evidence. */
const leastPeers = 5;
/** More of them take too long to count while somebody waits; then those with the same title have to do. */
const mostPeers = 3_000;
const mostSuggested = 5;

/**
 * What most of a person's peers hold and the person lacks, the best supported first: peers are those of the
 * department with the same job title, or the whole department, whichever says more.
 */
export async function suggestAccess(
  ctx: ActorCtx,
  personId: number,
  applicationId?: number,
): Promise<SuggestedAccess[]> {
  const person = await findPerson(ctx.db, personId);
  if (!person?.department || !mayRequestFor(ctx, person)) return [];
  const { department, jobTitle } = person;
  const peers = await listPeers(ctx.db, department, jobTitle);
  const withTitle = peers.filter(({ hasTitle }) => hasTitle).map(({ id }) => id);
  const all = peers.length > mostPeers ? withTitle : peers.map(({ id }) => id);
  if (all.length < leastPeers || all.length > mostPeers) return [];
  const candidates = await listPeerAccess(ctx.db, person.id, { all, withTitle }, applicationId);
  const groups = (held: (typeof candidates)[number]): Group[] => [
    {
      where: `in ${department} (${jobTitle})`,
      holders: held.titleHolders,
      people: withTitle.length,
    },
    ...(all === withTitle
      ? []
      : [{ where: `in ${department}`, holders: held.holders, people: all.length }]),
  ];
  const best = candidates
    .flatMap((held) => {
      const [group] = groups(held).filter(isEvidence).sort(byBound);
      return group ? [{ entitlementId: held.entitlementId, group }] : [];
    })
    .sort((a, b) => byBound(a.group, b.group) || a.entitlementId - b.entitlementId)
    .slice(0, mostSuggested);
  const rows = await listEntitlementsById(
    ctx.db,
    best.map((one) => one.entitlementId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return best.flatMap(({ entitlementId, group }) => {
    const row = byId.get(entitlementId);
    const evidence = `${group.holders} of ${group.people} ${group.where} hold it`;
    return row ? [{ entitlementId, app: row.app, name: row.name, evidence }] : [];
  });
}

interface Group {
  where: string;
  holders: number;
  people: number;
}

function isEvidence({ holders, people }: Group): boolean {
  return people >= leastPeers && 2 * holders > people;
}

function byBound(a: Group, b: Group): number {
  return wilsonLowerBound(b.holders, b.people) - wilsonLowerBound(a.holders, a.people);
}
