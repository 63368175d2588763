import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import {
  miningRuns,
  suggestionEntitlements,
  suggestionSightings,
  suggestions,
} from '../schema/mining.ts';
export type Suggestion = typeof suggestions.$inferSelect;

export async function findSuggestion(db: Db, id: number): Promise<Suggestion | undefined> {
  const [suggestion] = await db.select().from(suggestions).where(eq(suggestions.id, id));
  return suggestion;
}

export async function listSuggestionsByFingerprint(
  db: Db,
  fingerprints: readonly string[],
): Promise<Suggestion[]> {
  return fingerprints.length === 0
    ? []
    : db
        .select()
        .from(suggestions)
        .where(inArray(suggestions.fingerprint, [...fingerprints]));
}

/** Undecided suggestions of runs, strongest first. Those of custom analyses are not in the list. */
export async function listNewSuggestions(db: Db): Promise<Suggestion[]> {
  return db
    .select()
    .from(suggestions)
    .where(and(eq(suggestions.state, 'new'), eq(suggestions.origin, 'run')))
    .orderBy(desc(suggestions.score), suggestions.id);
}

/** Dismissed suggestions, the newest decision first. */
export async function listDismissedSuggestions(db: Db): Promise<Suggestion[]> {
  return db
    .select()
    .from(suggestions)
    .where(eq(suggestions.state, 'dismissed'))
    .orderBy(desc(suggestions.decidedAt), desc(suggestions.id));
}

/** Opens a dismissed suggestion. @returns undefined when it is not dismissed. */
export async function restoreDismissed(db: Db, id: number): Promise<Suggestion | undefined> {
  const [restored] = await db
    .update(suggestions)
    .set({ state: 'new', decidedBy: null, decidedAt: null, dismissedLowerBoundPercent: null })
    .where(and(eq(suggestions.id, id), eq(suggestions.state, 'dismissed')))
    .returning();
  return restored;
}

/** Suggestions that a run was the first to find, decided or not, strongest first. */
export async function listSuggestionsOfRun(db: Db, runId: number): Promise<Suggestion[]> {
  return db
    .select()
    .from(suggestions)
    .where(and(eq(suggestions.firstRunId, runId), eq(suggestions.origin, 'run')))
    .orderBy(desc(suggestions.score), suggestions.id);
}

export async function insertSuggestion(
  db: Db,
  suggestion: typeof suggestions.$inferInsert,
): Promise<Suggestion> {
  const [inserted] = await db.insert(suggestions).values(suggestion).returning();
  if (!inserted) throw new Error('the suggestion was not stored');
  return inserted;
}

export async function changeSuggestion(
  db: Db,
  id: number,
  change: Partial<typeof suggestions.$inferInsert>,
): Promise<void> {
  await db.update(suggestions).set(change).where(eq(suggestions.id, id));
}

/** Replaces the evidence of suggestions. */
export async function replaceEvidence(
  db: Db,
  suggestionIds: readonly number[],
  evidence: (typeof suggestionEntitlements.$inferInsert)[],
): Promise<void> {
  if (suggestionIds.length === 0) return;
  await db
    .delete(suggestionEntitlements)
    .where(inArray(suggestionEntitlements.suggestionId, [...suggestionIds]));
  for (let at = 0; at < evidence.length; at += 1000) {
    await db.insert(suggestionEntitlements).values(evidence.slice(at, at + 1000));
  }
}

/** Decides a suggestion. @returns undefined when somebody else was first. */
export async function decideNewSuggestion(
  db: Db,
  id: number,
  decision: Pick<Suggestion, 'state' | 'decidedBy' | 'decidedAt' | 'dismissedLowerBoundPercent'>,
): Promise<Suggestion | undefined> {
  const [decided] = await db
    .update(suggestions)
    .set(decision)
    .where(and(eq(suggestions.id, id), eq(suggestions.state, 'new')))
    .returning();
  return decided;
}

export async function insertSightings(
  db: Db,
  suggestionIds: readonly number[],
  runId: number,
): Promise<void> {
  if (suggestionIds.length === 0) return;
  const sightings = suggestionIds.map((suggestionId) => ({ suggestionId, runId }));
  await db.insert(suggestionSightings).values(sightings).onConflictDoNothing();
}

/** The number of the last completed runs, at most `limit`, and how many of them found each suggestion. */
export async function countSightings(
  db: Db,
  suggestionIds: readonly number[],
  limit = 5,
): Promise<{ runs: number; seen: Map<number, number> }> {
  const recent = await db
    .select({ id: miningRuns.id })
    .from(miningRuns)
    .where(and(eq(miningRuns.kind, 'all'), eq(miningRuns.state, 'completed')))
    .orderBy(desc(miningRuns.id))
    .limit(limit);
  if (recent.length === 0 || suggestionIds.length === 0) return { runs: 0, seen: new Map() };
  const rows = await db
    .select({
      id: suggestionSightings.suggestionId,
      seen: sql<number>`count(*)::int`,
    })
    .from(suggestionSightings)
    .where(
      and(
        inArray(suggestionSightings.suggestionId, [...suggestionIds]),
        inArray(
          suggestionSightings.runId,
          recent.map((run) => run.id),
        ),
      ),
    )
    .groupBy(suggestionSightings.suggestionId);
  return { runs: recent.length, seen: new Map(rows.map((row) => [row.id, row.seen])) };
}

/** Supersedes undecided suggestions of earlier runs that this run did not find. @returns their number. */
export async function supersedeUnseen(db: Db, runId: number): Promise<number> {
  const superseded = await db
    .update(suggestions)
    .set({ state: 'superseded' })
    .where(
      and(
        eq(suggestions.state, 'new'),
        eq(suggestions.origin, 'run'),
        sql`${suggestions.lastRunId} < ${runId}`,
      ),
    )
    .returning({ id: suggestions.id });
  return superseded.length;
}

/** The evidence of suggestions, strongest entitlement first. */
export async function listEvidence(db: Db, suggestionIds: readonly number[]) {
  return suggestionIds.length === 0
    ? []
    : db
        .select({
          suggestionId: suggestionEntitlements.suggestionId,
          entitlementId: suggestionEntitlements.entitlementId,
          app: applications.name,
          entitlement: entitlements.name,
          risk: entitlements.risk,
          holders: suggestionEntitlements.holders,
          confidencePercent: suggestionEntitlements.confidencePercent,
          lowerBoundPercent: suggestionEntitlements.lowerBoundPercent,
          lift: suggestionEntitlements.lift,
        })
        .from(suggestionEntitlements)
        .innerJoin(entitlements, eq(entitlements.id, suggestionEntitlements.entitlementId))
        .innerJoin(applications, eq(applications.id, entitlements.applicationId))
        .where(inArray(suggestionEntitlements.suggestionId, [...suggestionIds]))
        .orderBy(
          desc(suggestionEntitlements.lowerBoundPercent),
          applications.name,
          entitlements.name,
        );
}

export type Evidence = Awaited<ReturnType<typeof listEvidence>>[number];
