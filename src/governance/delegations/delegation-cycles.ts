import type { DelegationRow } from '../../store/people/delegations.ts';

/** From when until when; `endsAt` undefined: until it is ended. */
export interface Span {
  startsAt: Date;
  endsAt: Date | undefined;
}

/** The chain of delegations by which tasks handed to `at` return to `home` within a span, if there is one. */
export function findCycle(
  live: readonly DelegationRow[],
  home: number,
  at: number,
  span: Span,
): DelegationRow[] | undefined {
  // What is delegated at one moment has no circles yet, and the span only gets shorter: this ends.
  for (const row of live.filter((one) => one.personId === at)) {
    const overlap = overlapOf(row, span);
    if (!overlap) continue;
    if (row.delegateId === home) return [row];
    const rest = findCycle(live, home, row.delegateId, overlap);
    if (rest) return [row, ...rest];
  }
  return undefined;
}

function overlapOf(row: DelegationRow, { startsAt, endsAt }: Span): Span | undefined {
  const from = row.startsAt > startsAt ? row.startsAt : startsAt;
  const until = !row.endsAt || (endsAt && endsAt < row.endsAt) ? endsAt : row.endsAt;
  return until && until <= from ? undefined : { startsAt: from, endsAt: until };
}
