import { Refusal } from '../../errors.ts';
import {
  findApplication,
  listApplicationPage,
  type StoredApplication,
  updateApplication,
} from '../../store/catalog/catalog-pages.ts';
import { listApplicationOwners } from '../../store/catalog/entitlements.ts';
import { replaceApplicationOwners } from '../../store/sync/catalog.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, inTransaction, requirePermission } from '../context.ts';
import { withNames } from '../people/display-name.ts';
import { findActivePeople } from '../people/person-search.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { namePolicies, type PolicyNames } from './policy-lookup.ts';
import { type OwnPolicies, requireOwners, requirePolicies, toFieldText } from './validation.ts';

/** An edit of an application. A field that is undefined stays as it is. */
interface ApplicationEdit extends OwnPolicies {
  owners: number[] | undefined;
  provisioners: number[] | undefined;
  instructions: string | undefined;
}

const fieldWords: Record<string, string> = {
  owners: 'the owners',
  provisioners: 'the provisioners',
  instructions: 'the instructions',
  policyId: 'the policy of requests',
  emergencyPolicyId: 'the policy of emergencies',
  revokePolicyId: 'the policy of revocations',
};

const pageLength = 15;

/** Finds applications to manage, those without an owner first. @param search.page the first page is 0 */
export async function findApplicationsToManage(
  ctx: ActorCtx,
  { words = '', page, size = pageLength }: { words?: string; page: number; size?: number },
) {
  await requirePermission(ctx, 'manageApplications');
  const { found, total, ownerless } = await listApplicationPage(ctx.db, {
    words,
    offset: page * size,
    limit: size,
  });
  return { applications: found, total, ownerless, pages: Math.max(1, Math.ceil(total / size)) };
}

export type ApplicationList = Awaited<ReturnType<typeof findApplicationsToManage>>;

/** Finds people who could be owners or provisioners, for a search field. */
export async function findOwners(ctx: ActorCtx, words: string) {
  await requirePermission(ctx, 'manageApplications');
  return findActivePeople(ctx, words, []);
}

/** The fields of an application's form. */
export interface ApplicationForm extends OwnPolicies {
  id: number;
  version: number;
  name: string;
  instructions: string;
  owners: { id: number; name: string }[];
  provisioners: { id: number; name: string }[];
  policyNames: PolicyNames;
}

/** Reads an application for its form. @throws Refusal missing. */
export async function readApplication(ctx: ActorCtx, id: number): Promise<ApplicationForm> {
  await requirePermission(ctx, 'manageApplications');
  const { row, owners, provisioners } = await load(ctx, id);
  return {
    id,
    version: row.version,
    name: row.name,
    instructions: row.instructions ?? '',
    owners,
    provisioners,
    ...policiesOf(row),
    policyNames: await namePolicies(ctx, policiesOf(row)),
  };
}

async function load(ctx: ActorCtx, id: number) {
  const row = await findApplication(ctx.db, id);
  if (!row) throw new Refusal('missing', 'That application is no longer here.');
  const people = await listApplicationOwners(ctx.db, [id]);
  const ofKind = (kind: string) =>
    withNames(
      ctx,
      people.filter((one) => one.kind === kind).map(({ person: { id, name } }) => ({ id, name })),
    );
  return { row, owners: await ofKind('owner'), provisioners: await ofKind('provisioner') };
}

function policiesOf({ policyId, emergencyPolicyId, revokePolicyId }: StoredApplication) {
  return { policyId, emergencyPolicyId, revokePolicyId };
}

/**
 * Changes the owners, provisioners, instructions and policies of an application. Open tasks keep their plan.
 * @throws Refusal missing, invalid (names the field), conflict (somebody else has changed it since the form was drawn).
 */
export async function changeApplication(
  ctx: ActorCtx,
  input: { id: number; version: number } & ApplicationEdit,
): Promise<{ name: string; isChanged: boolean }> {
  await requirePermission(ctx, 'manageApplications');
  return inTransaction(ctx, async (ctx) => {
    const { row, ...people } = await load(ctx, input.id);
    const edited: EditTarget<'application.change'> = {
      verb: 'application.change',
      subject: subjectOf.application(row.id),
      name: row.name,
      words: fieldWords,
    };
    await requireVersion(ctx, edited, { shown: input.version, current: row.version });
    const owners = people.owners.map(({ id }) => id).sort((a, b) => a - b);
    const provisioners = people.provisioners.map(({ id }) => id).sort((a, b) => a - b);
    const before = { owners, provisioners, instructions: row.instructions, ...policiesOf(row) };
    const after = {
      owners: await requireOwners(ctx, 'owners', { personIds: input.owners, before: owners }),
      provisioners: await requireOwners(ctx, 'provisioners', {
        personIds: input.provisioners,
        before: provisioners,
      }),
      instructions: toFieldText('instructions', {
        text: input.instructions,
        before: row.instructions,
      }),
      policyId: input.policyId,
      emergencyPolicyId: input.emergencyPolicyId,
      revokePolicyId: input.revokePolicyId,
    };
    if (listChangedFields(before, after).length === 0) return { name: row.name, isChanged: false };
    await requirePolicies(ctx, after);
    const { owners: newOwners, provisioners: newProvisioners, ...change } = after;
    if (!(await updateApplication(ctx.db, row, change))) {
      await requireVersion(ctx, edited, { shown: input.version, current: row.version + 1 });
    }
    const pair = (personId: number) => ({ subjectId: row.id, personId });
    const appointment = { by: ctx.actor.personId, at: ctx.now };
    await replaceApplicationOwners(ctx.db, {
      kind: 'owner',
      applicationIds: [row.id],
      owners: newOwners.map(pair),
      appointment,
    });
    await replaceApplicationOwners(ctx.db, {
      kind: 'provisioner',
      applicationIds: [row.id],
      owners: newProvisioners.map(pair),
      appointment,
    });
    await auditEdit(ctx, edited, { before, after });
    return { name: row.name, isChanged: true };
  });
}
