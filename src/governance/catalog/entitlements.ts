import { keysOf } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import {
  findApplication,
  findEntitlement,
  listEntitlementPage,
  type StoredEntitlement,
  updateEntitlement,
} from '../../store/catalog/catalog-pages.ts';
import { listEntitlementOwners } from '../../store/catalog/entitlements.ts';
import type { Risk } from '../../store/schema/access.ts';
import { replaceEntitlementOwners } from '../../store/sync/catalog.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, inTransaction, requirePermission } from '../context.ts';
import { withNames } from '../people/display-name.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { namePolicies, type PolicyNames } from './policy-lookup.ts';
import { type OwnPolicies, requireOwners, requirePolicies, toFieldText } from './validation.ts';

/** An edit of an entitlement. A field that is undefined stays as it is. */
export interface EntitlementEdit extends OwnPolicies {
  description: string | undefined;
  category: string;
  /** low, medium or high; null: not rated. */
  risk: string | null;
  owners: number[] | undefined;
  requestable: boolean;
  emergencyAllowed: boolean;
  /** As it was typed; empty: access need not end. */
  maxGrantDays: string;
  mined: boolean;
}

const fieldWords: Record<string, string> = {
  description: 'the description',
  category: 'the category',
  risk: 'the risk',
  owners: 'the owners',
  requestable: 'whether it can be requested',
  emergencyAllowed: 'whether emergencies are allowed',
  maxGrantDays: 'the longest grant',
  mined: 'whether role mining uses it',
  policyId: 'the policy of requests',
  emergencyPolicyId: 'the policy of emergencies',
  revokePolicyId: 'the policy of revocations',
};

const risks = ['low', 'medium', 'high'] as const satisfies readonly Risk[];
export const maxDaysPerGrant = 3_650;
const pageLength = 15;

/** Finds entitlements of an application to manage. @param input.page the first page is 0. @throws Refusal missing. */
export async function findEntitlementsToManage(
  ctx: ActorCtx,
  input: { applicationId: number; words?: string; page: number; size?: number },
) {
  await requirePermission(ctx, 'manageApplications');
  const { applicationId, words = '', page, size = pageLength } = input;
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

/** The fields of an entitlement's form. */
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
  maxGrantDays: number | null;
  mined: boolean;
  policyNames: PolicyNames;
}

/** Reads an entitlement for its form. @throws Refusal missing. */
export async function readEntitlement(ctx: ActorCtx, id: number): Promise<EntitlementForm> {
  await requirePermission(ctx, 'manageApplications');
  const { row, owners } = await load(ctx, id);
  const { version, app, name, risk, requestable, emergencyAllowed, maxGrantDays, mined } = row;
  return {
    ...{ id, version, app, name, risk, requestable, emergencyAllowed, maxGrantDays, mined },
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
  const people = owners.map(({ person: { id, name } }) => ({ id, name }));
  return { row, owners: await withNames(ctx, people) };
}

function policiesOf({ policyId, emergencyPolicyId, revokePolicyId }: StoredEntitlement) {
  return { policyId, emergencyPolicyId, revokePolicyId };
}

/**
 * Changes an entitlement and the rules for requests of it. Open tasks keep their plan.
 * @throws Refusal missing, invalid (names the field), conflict (somebody else has changed it since the form was drawn).
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
      words: fieldWords,
    };
    await requireVersion(ctx, edited, { shown: input.version, current: row.version });
    const owners = people.map(({ id }) => id).sort((a, b) => a - b);
    const after = {
      ...validateEdit(input, row),
      owners: await requireOwners(ctx, 'owners', { personIds: input.owners, before: owners }),
    };
    // The types of Object.keys and Object.fromEntries do not know the fields.
    const fields = keysOf(after);
    const before = Object.fromEntries(
      fields.map((field) => [field, field === 'owners' ? owners : row[field]]),
    ) as typeof after;
    const done = { label, applicationId: row.applicationId };
    if (listChangedFields(before, after).length === 0) return { ...done, isChanged: false };
    await requirePolicies(ctx, after);
    const { owners: newOwners, ...change } = after;
    if (!(await updateEntitlement(ctx.db, row, change))) {
      await requireVersion(ctx, edited, { shown: input.version, current: row.version + 1 });
    }
    const pairs = newOwners.map((personId) => ({ subjectId: row.id, personId }));
    await replaceEntitlementOwners(ctx.db, [row.id], pairs, {
      by: ctx.actor.personId,
      at: ctx.now,
    });
    await auditEdit(ctx, edited, { before, after });
    return { ...done, isChanged: true };
  });
}

function validateEdit(input: EntitlementEdit, row: StoredEntitlement) {
  const { requestable, emergencyAllowed, mined } = input;
  if (emergencyAllowed && !requestable) {
    const sentence = 'Only an entitlement that can be requested can allow emergencies.';
    throw new Refusal('invalid', sentence, 'options');
  }
  const { description, category } = input;
  return {
    ...{ requestable, emergencyAllowed, mined, risk: toRisk(input.risk) },
    description: toFieldText('description', { text: description, before: row.description }),
    category: toFieldText('category', { text: category, before: row.category, max: 100 }),
    maxGrantDays: toDays(input.maxGrantDays),
    policyId: input.policyId,
    emergencyPolicyId: input.emergencyPolicyId,
    revokePolicyId: input.revokePolicyId,
  };
}

/** @throws Refusal invalid for an unknown risk. */
function toRisk(text: string | null): Risk | null {
  const risk = risks.find((one) => one === text);
  if (risk !== undefined || text === null) return risk ?? null;
  throw new Refusal('invalid', `Choose ${risks.join(', ')} or no risk.`, 'risk');
}

/** @throws Refusal invalid for anything but a number of days or nothing. */
function toDays(typed: string): number | null {
  const text = typed.trim();
  if (text === '') return null;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= maxDaysPerGrant) return days;
  throw new Refusal(
    'invalid',
    `Enter a whole number of days from 1 to ${maxDaysPerGrant}, or nothing.`,
    'maxGrantDays',
  );
}
