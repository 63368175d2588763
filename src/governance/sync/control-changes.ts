import { mustGet } from '../../collections.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { type Controls, raiseVersions } from '../../store/sync/controls.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx } from '../context.ts';
import { listChangedFields } from '../versioned-edit.ts';

/**
 * What an import changes of an application or entitlement that was there before. `before` and `after` have the changed
 * fields only.
 */
export interface ControlChange {
  kind: 'application' | 'entitlement';
  id: number;
  /** "GitHub" or "GitHub · Admin" */
  label: string;
  before: ControlFields;
  after: ControlFields;
  /** Whether it is of high risk before or after the import, or has an entitlement that is. */
  isHighRisk: boolean;
  /** The owners and provisioners before the import. */
  ownerIds: number[];
  /** The whole entitlement before and after. */
  entitlement?: { before: EntitlementRow; after: EntitlementRow };
}

const auditedFields = [
  'description',
  'category',
  'risk',
  'requestable',
  'emergencyAllowed',
  'maxGrantDays',
  'policyId',
] as const satisfies (keyof EntitlementRow)[];

type ControlFields = Partial<Pick<EntitlementRow, (typeof auditedFields)[number]>> & {
  owners?: number[];
  provisioners?: number[];
  instructions?: string | null;
};

/** Compares the controls before and after an import. Nothing controlled what the import adds. */
export function compareControls(before: Controls, after: Controls): ControlChange[] {
  const high = listHighRisk(before, after);
  return [
    ...compareApplications(before, after, high.applications),
    ...compareEntitlements(before, after, high.entitlements),
  ];
}

function listHighRisk(before: Controls, after: Controls) {
  const rights = [...before.entitlements.values(), ...after.entitlements.values()].filter(
    ({ risk, closedAt }) => risk === 'high' && closedAt === null,
  );
  return {
    applications: new Set(rights.map(({ applicationId }) => applicationId)),
    entitlements: new Set(rights.map(({ id }) => id)),
  };
}

function compareApplications(
  before: Controls,
  after: Controls,
  high: ReadonlySet<number>,
): ControlChange[] {
  const fieldsOf = ({ owners, applications }: Controls, id: number) => ({
    owners: owners.owner.get(id) ?? [],
    provisioners: owners.provisioner.get(id) ?? [],
    instructions: mustGet(applications, id).instructions,
  });
  return [...before.applications].flatMap(([id, { name: label }]) => {
    const old = fieldsOf(before, id);
    const changed = pickChanged(old, fieldsOf(after, id));
    const ownerIds = [...old.owners, ...old.provisioners];
    const kind = 'application' as const;
    return changed ? [{ kind, id, label, ...changed, isHighRisk: high.has(id), ownerIds }] : [];
  });
}

function compareEntitlements(
  before: Controls,
  after: Controls,
  high: ReadonlySet<number>,
): ControlChange[] {
  const fieldsOf = (row: EntitlementRow, { owners }: Controls): ControlFields => ({
    ...Object.fromEntries(auditedFields.map((field) => [field, row[field]])),
    owners: owners.entitlementOwner.get(row.id) ?? [],
  });
  return [...before.entitlements.values()].flatMap((row) => {
    const { id, applicationId } = row;
    const entitlement = { before: row, after: mustGet(after.entitlements, id) };
    const old = fieldsOf(row, before);
    const changed = pickChanged(old, fieldsOf(entitlement.after, after));
    if (!changed) return [];
    const ofApplication = before.owners.owner.get(applicationId) ?? [];
    const ownerIds = old.owners?.length ? old.owners : ofApplication;
    const label = `${row.app} · ${row.name}`;
    const kind = 'entitlement' as const;
    return [{ kind, id, label, ...changed, isHighRisk: high.has(id), ownerIds, entitlement }];
  });
}

/** @returns the fields that differ; undefined if none does. */
function pickChanged(before: ControlFields, after: ControlFields) {
  const fields = listChangedFields(before, after);
  if (fields.length === 0) return undefined;
  const pick = (of: ControlFields): ControlFields =>
    Object.fromEntries(fields.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after) };
}

/**
 * Audits the changes, one row an application or entitlement, and counts each as an edit: a form that was open meanwhile
 * must not undo it.
 */
export async function auditControlChanges(
  ctx: Ctx,
  changes: readonly ControlChange[],
): Promise<void> {
  const ofKind = (kind: ControlChange['kind']) => changes.filter((one) => one.kind === kind);
  const [apps, rights] = [ofKind('application'), ofKind('entitlement')];
  await raiseVersions(
    ctx.db,
    'applications',
    apps.map(({ id }) => id),
  );
  await raiseVersions(
    ctx.db,
    'entitlements',
    rights.map(({ id }) => id),
  );
  await auditMany(
    ctx,
    'application.change',
    apps.map(({ id, before, after }) => ({ subject: subjectOf.application(id), before, after })),
  );
  await auditMany(
    ctx,
    'entitlement.change',
    rights.map(({ id, before, after }) => ({ subject: subjectOf.entitlement(id), before, after })),
  );
}
