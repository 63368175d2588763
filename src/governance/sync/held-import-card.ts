import { findHeldImport, listWaitingImports } from '../../store/sync/held-imports.ts';
import { type ActorCtx, type Ctx, readerZone } from '../context.ts';
import { hasPermission } from '../permissions.ts';
import { formatDate } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import { endOf, figuresOf, releaseDays } from './held-imports.ts';
import { formatHold, listChanges } from './hold-words.ts';
import { type Figures, isForSuperAdmins } from './import-fall.ts';

/** A held import, or the decision about it, for administrators; plain text. */
export interface HeldImportCard {
  holdId: number;
  title: string;
  lines: string[];
  /** The changes that would weaken control, and the people who would become somebody else. */
  changes: string[];
  summary: string;
  /** Whether it needs confirmation. */
  isOpen: boolean;
}

/** Describes a held import for its card and its mail. @returns undefined for an unknown id. */
export async function describeHeldImport(
  ctx: Ctx,
  holdId: number,
): Promise<HeldImportCard | undefined> {
  const found = await findHeldImport(ctx.db, holdId);
  if (!found) return undefined;
  const { held, releasedBy } = found;
  const zone = readerZone(ctx);
  const { connector, state } = held;
  const isOpen = state === 'waiting';
  const title = `An import of ${connector} ${isOpen ? 'is' : 'was'} held`;
  const by = held.operator === null ? '' : ` The operating system user ${held.operator} ran it.`;
  const figures = figuresOf(held);
  const lines = [`${formatHold(figures, { isShort: true }).replace(/^it/, 'It')}.${by}`];
  const ended = endOf(held);
  if (held.releasedAt && held.expiresAt) {
    const then = ended
      ? `a later import of ${connector} went through`
      : `the import goes through once when it runs again until ${formatDate(held.expiresAt, zone)}, unless it would change more`;
    lines.push(
      `${releasedBy ?? 'Somebody'} let it through on ${formatDate(held.releasedAt, zone)}; ${then}.`,
    );
  } else if (ended) {
    lines.push(ended);
  } else {
    lines.push(
      describeNeed(figures),
      `If the import is right, let it through and run it again within ${releaseDays} days.`,
    );
  }
  const changes = listChanges(figures);
  return { holdId, title, lines, changes, summary: joinSentences([title, ...lines]), isOpen };
}

function describeNeed(figures: Figures): string {
  if (figures.weakening.count > 0) {
    return 'Weaker control needs confirmation by a Super Admin; nothing was changed.';
  }
  return figures.identities
    ? 'This needs confirmation; nothing was changed.'
    : 'Removals this large need confirmation; nothing was changed.';
}

/** An import that needs confirmation, with one sentence for Home. */
export interface WaitingImport {
  holdId: number;
  connector: string;
  words: string;
}

/** Lists the held imports that the actor can let through; none without the permission. */
export async function listHeldImports(ctx: ActorCtx): Promise<WaitingImport[]> {
  if (!hasPermission(ctx.actor.roles, 'manageConnectors')) return [];
  const isSuperAdmin = hasPermission(ctx.actor.roles, 'manageUsers');
  return (await listWaitingImports(ctx.db)).flatMap((held): WaitingImport[] => {
    const figures = figuresOf(held);
    if (isForSuperAdmins(figures) && !isSuperAdmin) return [];
    const { id: holdId, connector } = held;
    const effect = formatHold(figures, { isShort: true });
    return [{ holdId, connector, words: `An import of ${connector} is held: ${effect}.` }];
  });
}
