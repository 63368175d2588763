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

/** What is edited in a form: how the audit log calls it, and what a person calls its parts. */
export interface EditTarget<Action extends AuditAction = AuditAction> {
  verb: Action;
  subject: AuditActions[Action]['subject'];
  /** "GitHub" */
  name: string;
  /** Field → "the owners" */
  words: Record<string, string>;
}

/** The fields of an edit that are not what they were. */
export function listChangedFields<T extends object>(before: T, after: T): (keyof T & string)[] {
  const fields = Object.keys(after) as (keyof T & string)[];
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** Writes what an edit changed, and nothing else of what is edited. */
export async function auditEdit<T extends object>(
  ctx: Ctx,
  { verb, subject }: EditTarget<FormEdit>,
  before: T,
  after: T,
): Promise<void> {
  const changed = listChangedFields(before, after);
  const only = (of: T) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  await audit(ctx, verb, subject, { before: only(before), after: only(after) });
}

/**
 * Of two who edit the same at once the second is told what changed since the form was drawn.
 * @throws Refusal conflict, unless the versions are the same.
 */
export async function requireVersion(
  ctx: Ctx,
  edited: EditTarget,
  shown: number,
  now: number,
): Promise<void> {
  if (shown === now) return;
  const since = await listAuditsOf(ctx.db, edited.verb, edited.subject, Math.max(1, now - shown));
  const fields = new Set(since.flatMap(({ row }) => Object.keys((row.after ?? {}) as object)));
  const parts = Object.keys(edited.words).filter((field) => fields.has(field));
  const what = parts.map((field) => edited.words[field]).join(', ') || 'it';
  const who = [...new Set(since.map(({ name }) => name ?? 'Rolemine'))].join(' and ') || 'Somebody';
  throw new Refusal(
    'conflict',
    `${who} changed ${edited.name} in the meantime (${what}). Nothing of yours was saved: open it again and look before you change it.`,
  );
}
