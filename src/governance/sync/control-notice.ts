import { listPeopleById } from '../../store/people/people.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { ImportChanges } from '../../store/schema/access.ts';
import { findSyncRun, saveControlChanges } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx, notify } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { inactiveReason } from '../people/person-search.ts';
import { formatCount, formatPeople } from '../wording/counts.ts';
import { joinSentences } from '../wording/sentences.ts';
import { auditControlChanges, type ControlChange } from './control-changes.ts';
import type { ControlLine } from './control-lines.ts';
import type { ManagerChange } from './sync-people.ts';
import { maxNamedChanges } from './weakening.ts';

/**
 * Audits what an import changed of the control of access, field by field. Super Admins and the owners and provisioners
 * before it get one message for the whole import.
 */
export async function recordControlChanges(
  ctx: Ctx,
  {
    runId,
    changes,
    lines,
    managers,
  }: {
    runId: number;
    changes: readonly ControlChange[];
    lines: readonly ControlLine[];
    managers: readonly ManagerChange[];
  },
): Promise<void> {
  await auditControlChanges(ctx, changes);
  await auditMany(
    ctx,
    'person.manager',
    managers.map(({ personId, before, after }) => ({
      subject: subjectOf.person(personId),
      before: { manager: before },
      after: { manager: after },
    })),
  );
  if (lines.length === 0 && managers.length === 0) return;
  await saveControlChanges(ctx.db, runId, {
    operator: ctx.operator ?? null,
    changes: lines.map(({ text, ownerIds }) => ({ line: text, ownerIds })),
    managers: managers.length,
  });
  const owners = await listPeopleById(
    ctx.db,
    lines.flatMap(({ ownerIds }) => ownerIds),
  );
  const active = owners.filter((person) => inactiveReason(person) === undefined);
  const recipientIds = new Set([...active, ...(await listSuperAdmins(ctx.db))].map(({ id }) => id));
  await notify(
    ctx,
    [...recipientIds].map((recipientId) => ({
      recipientId,
      kind: 'import_changes' as const,
      subjectId: runId,
      priority: 1,
    })),
  );
}

/**
 * Describes to a person what an import changed of the control of access: to Super Admins all of it, to others what they
 * owned or provisioned before.
 */
export async function describeControlNotice(
  ctx: Ctx,
  runId: number,
  readerId: number,
): Promise<Notice | undefined> {
  const run = await findSyncRun(ctx.db, runId);
  if (!run?.controlChanges) return undefined;
  const { operator, changes, managers } = run.controlChanges;
  const isSuperAdmin = (await listSuperAdmins(ctx.db)).some(({ id }) => id === readerId);
  const shown = changes.filter(({ ownerIds }) => isSuperAdmin || ownerIds.includes(readerId));
  const lines = [
    ...nameFirst(shown),
    ...(isSuperAdmin && managers > 0
      ? [`${formatPeople(managers)} ${managers === 1 ? 'has' : 'have'} another manager.`]
      : []),
  ];
  if (lines.length === 0) return undefined;
  const by = operator === null ? '' : ` The operating system user ${operator} ran it.`;
  const title = `An import of ${run.connector} changed who controls access`;
  const all = [...lines, `If this is wrong, notify your administrators.${by}`];
  return { title, lines: all, summary: joinSentences([title, ...lines.slice(0, 3)]) };
}

function nameFirst(changes: ImportChanges['changes']): string[] {
  const lines = changes.slice(0, maxNamedChanges).map(({ line }) => line);
  const further = changes.length - lines.length;
  return further > 0 ? [...lines, `and ${formatCount(further, 'more change')}`] : lines;
}
