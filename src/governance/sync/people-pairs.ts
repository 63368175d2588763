import { groupBy } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import {
  decidePairs,
  listOpenPairs,
  lockPairs,
  type PairRow,
} from '../../store/people/identity-pairs.ts';
import { saveAddress } from '../../store/people/merges.ts';
import { contactConnector, findPersonByEmail, listPeopleById } from '../../store/people/people.ts';
import type { PairKind } from '../../store/schema/departures.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { expireLinks } from '../email-links/action-links.ts';
import { describeLeaver } from '../people/departures.ts';
import { domainChange, minDomainPairs } from './likely-pairs.ts';
import { describePassedRights, mergePeople } from './merge-people.ts';

/** One of the two who may be the same person. */
interface PairedPerson {
  name: string;
  /** Address, id, title and department. */
  about: string;
}

interface PeoplePair {
  pairId: number;
  person: PairedPerson;
  other: PairedPerson;
  /** When the person left; undefined: they have not. */
  leftAt: Date | undefined;
  /** Rights that the person had, which the other gets only if a Super Admin says so. */
  rights: string[];
}

/** One or more pairs that one answer decides. */
export interface PairQuestion {
  kind: PairKind;
  /** "acme.example → acme.test", if the domain changes for several people. */
  domains: string | undefined;
  pairs: PeoplePair[];
}

/** Lists the pairs that wait for a decision. A change of domain for many people is one question. */
export async function listPeoplePairs(ctx: ActorCtx): Promise<PairQuestion[]> {
  await requirePermission(ctx, 'manageUsers');
  const open = await listOpenPairs(ctx.db);
  const groups = groupBy(open, ({ pair, person }) => {
    const change = pair.kind === 'waiting' && domainChange(person.email ?? '', pair.email);
    return change || `pair ${pair.id}`;
  });
  const questions: PairQuestion[] = [];
  for (const [key, group] of groups) {
    const isDomain = group.length >= minDomainPairs;
    const parts = isDomain ? [group] : group.map((one) => [one]);
    for (const part of parts)
      questions.push(await describeQuestion(ctx, part, isDomain ? key : undefined));
  }
  return questions;
}

async function describeQuestion(
  ctx: Ctx,
  list: readonly PairRow[],
  domains: string | undefined,
): Promise<PairQuestion> {
  const pairs: PeoplePair[] = [];
  for (const { pair, person, other } of list) {
    const id = pair.externalId === null ? undefined : `id ${pair.externalId}`;
    const about = [pair.email, id, pair.about].filter(Boolean).join(', ');
    pairs.push({
      pairId: pair.id,
      person: { name: person.name, about: describeLeaver(person) },
      other: other
        ? { name: other.name, about: describeLeaver(other) }
        : { name: pair.name, about },
      leftAt: person.closedAt ?? undefined,
      rights: pair.kind === 'reused' ? await describePassedRights(ctx, person.id) : [],
    });
  }
  return { kind: list[0]?.pair.kind ?? 'waiting', domains, pairs };
}

/**
 * Decides whether pairs are the same people. A person whose record waits gets its address. A person who has left is
 * merged with the new one, who gets the rights only with `withRights`.
 * @throws Refusal forbidden, missing, conflict (somebody has decided, or an address is taken).
 */
export async function decidePeoplePairs(
  ctx: ActorCtx,
  {
    pairIds,
    isSame,
    withRights = false,
  }: { pairIds: readonly number[]; isSame: boolean; withRights?: boolean },
): Promise<{ names: string[]; kind: PairKind }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const found = await lockOpenPairs(ctx, pairIds);
    const kind = found[0]?.pair.kind ?? 'waiting';
    for (const row of isSame ? found : []) await join(ctx, row, withRights);
    await decidePairs(ctx.db, pairIds, {
      state: isSame ? 'same' : 'different',
      decidedBy: ctx.actor.personId,
      decidedAt: ctx.now,
    });
    for (const { pair, person } of found) {
      await audit(ctx, isSame ? 'person.same' : 'person.different', subjectOf.person(person.id), {
        after: { other: pair.otherId, email: pair.email, externalId: pair.externalId },
      });
    }
    return { names: found.map(({ person }) => person.name), kind };
  });
}

async function lockOpenPairs(ctx: Ctx, pairIds: readonly number[]): Promise<PairRow[]> {
  const found = await lockPairs(ctx.db, pairIds);
  if (found.length === 0) throw new Refusal('missing', 'There is no such question any more.');
  const decided = found.find(({ pair }) => pair.state !== 'open');
  if (decided) throw await refuseDecided(ctx, decided);
  return found;
}

/**
 * Decides a question as it was shown.
 * @param input.pairId its first pair. @param input.count the number of pairs that it showed.
 * @throws Refusal as `decidePeoplePairs`; conflict (the question has other pairs now).
 */
export async function decideQuestion(
  ctx: ActorCtx,
  {
    pairId,
    count,
    ...choice
  }: { pairId: number; count: number; isSame: boolean; withRights: boolean },
): Promise<{ names: string[]; kind: PairKind }> {
  const questions = await listPeoplePairs(ctx);
  const found = questions.find(({ pairs }) => pairs.some((pair) => pair.pairId === pairId));
  const pairIds = found ? found.pairs.map((pair) => pair.pairId) : [pairId];
  if (pairIds.length !== count) {
    throw new Refusal('conflict', 'Other people came in meanwhile. Type `/rolemine people` again.');
  }
  return decidePeoplePairs(ctx, { pairIds, ...choice });
}

async function join(ctx: ActorCtx, { pair, person }: PairRow, withRights: boolean): Promise<void> {
  if (pair.otherId !== null) {
    await mergePeople(ctx, { keepId: pair.otherId, mergeId: person.id, withRights });
    return;
  }
  const holder = await findPersonByEmail(ctx.db, pair.email);
  // Somebody wrote to Rolemine from the new address before the question was answered.
  if (holder && holder.id !== person.id && holder.connector === contactConnector) {
    await mergePeople(ctx, { keepId: person.id, mergeId: holder.id, withRights: false });
  } else if (holder && holder.id !== person.id) {
    throw new Refusal('conflict', `${pair.email} belongs to ${holder.name} now. Import again.`);
  }
  const { email, externalId } = pair;
  await saveAddress(ctx.db, { id: person.id, email, externalId });
  await expireLinks(ctx, [person.id]);
}

async function refuseDecided(ctx: Ctx, { pair, person }: PairRow): Promise<Refusal> {
  const [decider] = await listPeopleById(ctx.db, [pair.decidedBy ?? 0]);
  const sentence = decider
    ? `${decider.name} has decided about ${person.name} already.`
    : `The question about ${person.name} is no longer needed: a later import answered it.`;
  return new Refusal('conflict', sentence);
}
