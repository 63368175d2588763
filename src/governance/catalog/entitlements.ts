import { Refusal } from '../../errors.ts';
import {
  type EntitlementWithOwners,
  findApplication,
  findEntitlement,
  listEntitlementPage,
  updateEntitlement,
} from '../../store/catalog/catalog-pages.ts';
import { listEntitlementOwners } from '../../store/catalog/entitlements.ts';
import type { Risk } from '../../store/schema/access.ts';
import { replaceEntitlementOwners } from '../../store/sync/catalog.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, inTransaction, requirePermission } from '../context.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { namePolicies, type PolicyNames } from './policy-lookup.ts';
import { type OwnPolicies, requireOwners, requirePolicies, toFieldText } from './validation.ts';

/** What can be said about an entitlement; what is undefined stays as it is. */
export interface EntitlementEdit extends OwnPolicies {
  description: string | undefined;
  category: string;
  /** low, medium, high; null: nobody has said. */
  risk: string | null;
  owners: number[] | undefined;
  requestable: boolean;
  emergencyAllowed: boolean;
  /** As it was typed; empty: for good. */
  longestGrantDays: string;
  mined: boolean;
}

const words: Record<string, string> = {
  description: 'the description',
  category: 'the category',
  risk: 'the risk',
  owners: 'the owners',
  requestable: 'whether it can be requested',
  emergencyAllowed: 'whether emergencies are allowed',
  longestGrantDays: 'the longest grant',
  mined: 'whether it is mined',
  policyId: 'the policy of requests',
  emergencyPolicyId: 'the policy of emergencies',
  revokePolicyId: 'the policy of revocations',
};

const risks: readonly string[] = ['low', 'medium', 'high'] satisfies Risk[];
export const maxGrantDays = 3_650;
const onAPage = 15;

/** The entitlements of an application, as they are managed. Pages begin at 0. @throws Refusal missing. */
export async function findEntitlementsToManage(
  ctx: ActorCtx,
  input: { applicationId: number; words?: string; page: number; size?: number },
) {
  await requirePermission(ctx, 'manageApplications');
  const { applicationId, words = '', page, size = onAPage } = input;
  const application = await findApplication(ctx.db, applicationId);
  if (!application) throw new Refusal('missing', 'That application is no longer here.');
  const { found, total } = await listEntitlementPage(ctx.db, {
    words,
    applicationId,
    offset: page * size,
    limit: size,
  });
  return {
    applicationId,
    app: application.name,
    entitlements: found,
    total,
    pages: Math.max(1, Math.ceil(total / size)),
  };
}

export type EntitlementList = Awaited<ReturnType<typeof findEntitlementsToManage>>;

/** An entitlement as its form shows it. */
export interface EntitlementForm extends OwnPolicies {
  id: number;
  version: number;
  app: string;
  name: string;
  description: string;
  category: string;
  risk: Risk | null;
  owners: { id: number; name: string }[];
  requestable: boolean;
  emergencyAllowed: boolean;
  longestGrantDays: number | null;
  mined: boolean;
  policyNames: PolicyNames;
}

/** @throws Refusal missing. */
export async function readEntitlement(ctx: ActorCtx, id: number): Promise<EntitlementForm> {
  await requirePermission(ctx, 'manageApplications');
  const { row, owners } = await load(ctx, id);
  const { version, app, name, risk, requestable, emergencyAllowed, longestGrantDays, mined } = row;
  return {
    ...{ id, version, app, name, risk, requestable, emergencyAllowed, longestGrantDays, mined },
    description: row.description ?? '',
    category: row.category ?? '',
    owners,
    ...policiesOf(row),
    policyNames: await namePolicies(ctx, policiesOf(row)),
  };
}

async function load(ctx: ActorCtx, id: number) {
  const row = await findEntitlement(ctx.db, id);
  if (!row || row.closedAt) {
    const label = row ? `${row.app} · ${row.name}` : 'That entitlement';
    throw new Refusal('missing', `${label} is no longer here.`);
  }
  const owners = await listEntitlementOwners(ctx.db, [id]);
  return { row, owners: owners.map(({ person: { id, name } }) => ({ id, name })) };
}

function policiesOf({ policyId, emergencyPolicyId, revokePolicyId }: EntitlementWithOwners) {
  return { policyId, emergencyPolicyId, revokePolicyId };
}

/**
 * Says what an entitlement is and how it may be asked for. Open tasks keep the plan they were opened with.
 * @throws Refusal missing, invalid (names the field), conflict (somebody else changed it since it was drawn).
 */
export async function changeEntitlement(
  ctx: ActorCtx,
  input: { id: number; version: number } & EntitlementEdit,
): Promise<{ label: string; applicationId: number; isChanged: boolean }> {
  await requirePermission(ctx, 'manageApplications');
  return inTransaction(ctx, async (ctx) => {
    const { row, owners: people } = await load(ctx, input.id);
    const label = `${row.app} · ${row.name}`;
    const edited: EditTarget<'entitlement.change'> = {
      verb: 'entitlement.change',
      subject: subjectOf.entitlement(row.id),
      name: label,
      words,
    };
    await requireVersion(ctx, edited, input.version, row.version);
    const owners = people.map(({ id }) => id).sort((a, b) => a - b);
    const after = {
      ...checked(input, row),
      owners: await requireOwners(ctx, 'owners', input.owners, owners),
    };
    const fields = Object.keys(after) as (keyof typeof after)[];
    const before = Object.fromEntries(
      fields.map((field) => [field, field === 'owners' ? owners : row[field]]),
    ) as typeof after;
    const done = { label, applicationId: row.applicationId };
    if (listChangedFields(before, after).length === 0) return { ...done, isChanged: false };
    await requirePolicies(ctx, after);
    const { owners: newOwners, ...change } = after;
    if (!(await updateEntitlement(ctx.db, row, change))) {
      await requireVersion(ctx, edited, input.version, row.version + 1);
    }
    const pairs = newOwners.map((personId) => ({ subjectId: row.id, personId }));
    await replaceEntitlementOwners(ctx.db, [row.id], pairs);
    await auditEdit(ctx, edited, before, after);
    return { ...done, isChanged: true };
  });
}

function checked(input: EntitlementEdit, row: EntitlementWithOwners) {
  const { requestable, emergencyAllowed, mined, risk } = input;
  if (risk !== null && !risks.includes(risk)) {
    throw new Refusal('invalid', `The risk is ${risks.join(', ')}, or nothing.`, 'risk');
  }
  if (emergencyAllowed && !requestable) {
    const sentence = 'What cannot be requested cannot be requested as an emergency either.';
    throw new Refusal('invalid', sentence, 'options');
  }
  return {
    ...{ requestable, emergencyAllowed, mined, risk: risk as Risk | null },
    description: toFieldText('description', input.description, row.description),
    category: toFieldText('category', input.category, row.category, 100),
    longestGrantDays: daysOf(input.longestGrantDays),
    policyId: input.policyId,
    emergencyPolicyId: input.emergencyPolicyId,
    revokePolicyId: input.revokePolicyId,
  };
}

function daysOf(typed: string): number | null {
  const text = typed.trim();
  if (text === '') return null;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= maxGrantDays) return days;
  throw new Refusal(
    'invalid',
    `Write the longest grant as a whole number of days, 1 to ${maxGrantDays}, or nothing.`,
    'longestGrantDays',
  );
}
