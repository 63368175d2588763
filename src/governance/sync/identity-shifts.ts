import { createHash } from 'node:crypto';
import { filterRoleHolders } from '../../store/people/roles.ts';
import type { IdentityShifts } from '../../store/schema/sync.ts';
import type { Ctx } from '../context.ts';
import { formatCount, formatNumber } from '../wording/counts.ts';
import type { IdentityShift } from './match-people.ts';

/** Pairs that a card and the command line list. */
const maxListed = 20;

/** Describes people who would become somebody else; undefined when there are none. */
export async function describeShifts(
  ctx: Ctx,
  shifts: readonly IdentityShift[],
): Promise<IdentityShifts | undefined> {
  if (shifts.length === 0) return undefined;
  const people = shifts.flatMap(({ person, holder }) => [
    person.id,
    ...(holder ? [holder.id] : []),
  ]);
  const keys = shifts.map(({ record, person, holder }) =>
    JSON.stringify([person.id, record.id, record.email, record.name, holder?.id]),
  );
  return {
    total: shifts.length,
    lines: shifts.slice(0, maxListed).map(describeShift),
    fingerprint: createHash('sha256').update(keys.sort().join('\n')).digest('hex'),
    concernsRoles: (await filterRoleHolders(ctx.db, people)).length > 0,
  };
}

/** "Ana Ruiz (id 1, ana@acme.example) would get bo@acme.example, the address of Bo Chen (id 2)" */
function describeShift({ record, person, holder }: IdentityShift): string {
  const known = nameWith(person.name, person.externalId, person.email ?? person.formerEmail);
  if (holder) {
    const other = nameWith(holder.name, holder.externalId);
    return `${known} would get ${record.email ?? ''}, the address of ${other}`;
  }
  const { name = '', email } = record;
  return `${known} would become ${nameWith(name, record.id, email)}`;
}

function nameWith(name: string, id?: string | null, email?: string | null): string {
  const about = [id ? `id ${id}` : '', email ?? ''].filter(Boolean).join(', ');
  return about ? `${name} (${about})` : name;
}

/** "2 people would become somebody else: …; and 3 more" */
export function formatShifts(
  { total, lines }: IdentityShifts,
  { isShort }: { isShort: boolean },
): string {
  const head = `${formatCount(total, 'person', 'people')} would become somebody else`;
  if (isShort) return head;
  const more = total > lines.length ? `; and ${formatNumber(total - lines.length)} more` : '';
  return `${head}: ${lines.join('; ')}${more}`;
}
