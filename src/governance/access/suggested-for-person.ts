import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeerAccess, listPeers } from '../../store/people/peers.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import type { ActorCtx } from '../context.ts';
import { mayRequestFor } from '../requests/request-access.ts';
import { type SuggestedAccess, suggestByRules } from '../role-rules/suggested-by-rules.ts';

/** Fewer people than this are no evidence. */
const minPeers = 5;
/** More of them take too long to count while somebody waits; then those with the same title have to do. */
const maxPeers = 3_000;
const maxSuggested = 5;

/**
 * What role rules suggest to a person, and then what most of a person's peers hold and the person lacks, the best supported first: peers are those of the
 * department with the same job title, or the whole department, whichever says more.
 */
export async function suggestAccess(
  ctx: ActorCtx,
  personId: number,
  applicationId?: number,
): Promise<SuggestedAccess[]> {
  const person = await findPerson(ctx.db, personId);
  if (!person || !mayRequestFor(ctx, person)) return [];
  const byRules = await suggestByRules(ctx, personId, applicationId);
  const known = new Set(byRules.map((one) => one.entitlementId));
  const byPeers = (await suggestByPeers(ctx, person, applicationId)).filter(
    (one) => !known.has(one.entitlementId),
  );
  return [...byRules, ...byPeers].slice(0, maxSuggested);
}

async function suggestByPeers(
  ctx: ActorCtx,
  person: Person,
  applicationId?: number,
): Promise<SuggestedAccess[]> {
  if (!person.department) return [];
  const { department, jobTitle } = person;
  const peers = await listPeers(ctx.db, department, jobTitle);
  const withTitle = peers.filter(({ hasTitle }) => hasTitle).map(({ id }) => id);
  const all = peers.length > maxPeers ? withTitle : peers.map(({ id }) => id);
  if (all.length < minPeers || all.length > maxPeers) return [];
  const candidates = await listPeerAccess(ctx.db, {
    personId: person.id,
    peers: { all, withTitle },
    applicationId,
  });
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
    .slice(0, maxSuggested);
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
  return people >= minPeers && 2 * holders > people;
}

function byBound(a: Group, b: Group): number {
  return wilsonLowerBound(b.holders, b.people) - wilsonLowerBound(a.holders, a.people);
}
