import { keysOf } from '../collections.ts';
import { Refusal } from '../errors.ts';
import { listAuditsOf } from '../store/audit.ts';
import type { AuditAction, AuditActions } from './audit-actions.ts';
import { audit, type Ctx } from './context.ts';

/** Edits in a form. */
type FormEdit =
  | 'application.change'
  | 'entitlement.change'
  | 'mining-rule.change'
  | 'policy.change'
  | 'rule-policy.change';

/** The target of an edit in a form, with its names in the audit log and in sentences. */
export interface EditTarget<Action extends AuditAction = AuditAction> {
  verb: Action;
  subject: AuditActions[Action]['subject'];
  /** "GitHub" */
  name: string;
  /** Field → "the owners" */
  words: Record<string, string>;
}

/** Lists the fields whose values differ. */
export function listChangedFields<T extends object>(before: T, after: T): (keyof T & string)[] {
  // The type of Object.keys does not know the type of the object.
  const fields = keysOf(after);
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** Writes the audit row of an edit, with the changed fields only. */
export async function auditEdit<T extends object>(
  ctx: Ctx,
  { verb, subject }: EditTarget<FormEdit>,
  { before, after }: { before: T; after: T },
): Promise<void> {
  const changed = listChangedFields(before, after);
  const pickChanged = (of: T) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  await audit(ctx, verb, subject, { before: pickChanged(before), after: pickChanged(after) });
}

/**
 * Refuses an edit of something that was changed after its form was drawn, and names the changes.
 * @param versions `shown`: of the form; `current`: of the target now
 * @throws Refusal conflict, unless the versions are the same.
 */
export async function requireVersion(
  ctx: Ctx,
  target: EditTarget,
  { shown, current }: { shown: number; current: number },
): Promise<void> {
  if (shown === current) return;
  const missed = Math.max(1, current - shown);
  const since = await listAuditsOf(ctx.db, {
    verb: target.verb,
    subject: target.subject,
    limit: missed,
  });
  const fields = new Set(since.flatMap(({ row }) => Object.keys(row.after ?? {})));
  const changed = Object.keys(target.words).filter((field) => fields.has(field));
  const parts = changed.map((field) => target.words[field]).join(', ') || 'it';
  const editors =
    [...new Set(since.map(({ name }) => name ?? 'Rolemine'))].join(' and ') || 'Somebody';
  throw new Refusal(
    'conflict',
    `${editors} changed ${target.name} in the meantime (${parts}). Your changes were not saved: open it again.`,
  );
}
