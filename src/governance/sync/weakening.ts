import { createHash } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { HeldImportRow, Weakening } from '../../store/sync/held-imports.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { formatCount } from '../wording/counts.ts';
import type { ControlLine } from './control-lines.ts';

/** So many changes are named. The others are counted. */
export const maxNamedChanges = 20;

/** Sums up the changes of an import that weaken control (docs/governance.md#imports-that-change-control). */
export function toWeakening(changes: readonly ControlLine[]): Weakening {
  const weaker = changes.filter(({ isWeaker }) => isWeaker);
  const texts = weaker.map(({ text }) => text).sort();
  const hash = createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 32);
  return {
    lines: texts.slice(0, maxNamedChanges),
    count: texts.length,
    hash: texts.length === 0 ? null : hash,
    gainerIds: [...new Set(weaker.flatMap(({ gainerIds }) => gainerIds))],
  };
}

/** "weaken control with 3 changes" */
export function formatWeakening({ count }: Pick<Weakening, 'count'>): string {
  return `weaken control with ${formatCount(count, 'change')}`;
}

/** The named changes, and how many more there are. */
export function listWeakenings({ lines, count }: Pick<Weakening, 'lines' | 'count'>): string[] {
  const further = count - lines.length;
  return further > 0 ? [...lines, `and ${formatCount(further, 'more change')}`] : [...lines];
}

/**
 * Only a Super Admin confirms changes that weaken control, and not one who would become an owner by them while another
 * Super Admin is there.
 * @throws Refusal forbidden.
 */
export async function requireMayWeaken(ctx: ActorCtx, held: HeldImportRow): Promise<void> {
  if (held.weakeningCount === 0) return;
  await requirePermission(ctx, 'manageApplications');
  if (!held.gainerIds.includes(ctx.actor.personId)) return;
  const others = (await listSuperAdmins(ctx.db)).filter(({ id }) => !held.gainerIds.includes(id));
  const [first] = others;
  if (!first) return;
  throw new Refusal(
    'forbidden',
    `This import would make you an owner or provisioner. Another Super Admin has to confirm it, such as ${first.name}.`,
  );
}
