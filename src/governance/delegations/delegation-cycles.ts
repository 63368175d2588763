import type { DelegationRow } from '../../store/people/delegations.ts';

/** A period. `endsAt` undefined: until somebody ends it. */
export interface Span {
  startsAt: Date;
  endsAt: Date | undefined;
}

/** Finds a chain of delegations through which a person's tasks would return to them within a span. */
export function findCycle(
  live: readonly DelegationRow[],
  { personId, delegateId }: Pick<DelegationRow, 'personId' | 'delegateId'>,
  span: Span,
): DelegationRow[] | undefined {
  // This ends: at no moment do the existing delegations have a cycle, and the span only gets shorter.
  for (const row of live.filter((one) => one.personId === delegateId)) {
    const overlap = overlapOf(row, span);
    if (!overlap) continue;
    if (row.delegateId === personId) return [row];
    const rest = findCycle(live, { personId, delegateId: row.delegateId }, overlap);
    if (rest) return [row, ...rest];
  }
  return undefined;
}

function overlapOf(row: DelegationRow, { startsAt, endsAt }: Span): Span | undefined {
  const from = row.startsAt > startsAt ? row.startsAt : startsAt;
  const until = !row.endsAt || (endsAt && endsAt < row.endsAt) ? endsAt : row.endsAt;
  return until && until <= from ? undefined : { startsAt: from, endsAt: until };
}
