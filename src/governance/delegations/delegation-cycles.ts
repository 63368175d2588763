import type { DelegationRow } from '../../store/people/delegations.ts';

/** From when until when; `endsAt` undefined: until it is ended. */
export interface Span {
  startsAt: Date;
  endsAt: Date | undefined;
}

/** The chain of delegations by which tasks of a person return to them within a span, if there is one. */
export function findCycle(
  live: readonly DelegationRow[],
  { personId, delegateId }: Pick<DelegationRow, 'personId' | 'delegateId'>,
  span: Span,
): DelegationRow[] | undefined {
  // The delegations of one moment have no circles yet, and the span only gets shorter: this ends.
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
