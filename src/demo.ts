import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCsvFolder } from './connectors/csv.ts';
import { type Ctx, organizationZone } from './governance/context.ts';
import { replayMessages } from './governance/messages/replay.ts';
import { ensureSuperAdmin, findActorByEmail } from './governance/people/slack-accounts.ts';
import { requestAccess } from './governance/requests/request-access.ts';
import { syncSource } from './governance/sync/sync-source.ts';
import { type Company, makeCompany } from './sandbox/company/company.ts';
import { toCsv } from './sandbox/company/csv.ts';
import type { CompanyPerson } from './sandbox/company/people.ts';
import { SandboxMemory } from './sandbox/memory.ts';
import type { SandboxUser } from './sandbox/slack/users.ts';
import { searchEntitlements } from './store/catalog/entitlements.ts';
import { findClaimTime } from './store/identity/store-identity.ts';
import { listPeopleForCohorts } from './store/people/people.ts';

const connector = 'sandbox';

/**
 * Prepares the store for the sandbox. An empty store gets the made-up company; any other keeps its
 * people.
 * @returns the users of the sandbox's workspace and the e-mail address of its first Super Admin.
 */
export async function prepareDemo(
  ctx: Ctx,
  dataDir: string,
  adminEmail: string | undefined,
): Promise<{ users: SandboxUser[]; adminEmail: string | undefined; memory: SandboxMemory }> {
  const before = await listPeopleForCohorts(ctx.db);
  const isNew = before.length === 0;
  const company = makeCompany({ today: ctx.now });
  const admin = adminEmail ?? company.cast.superAdmin;
  if (isNew) await fillStore(ctx, company, dataDir, admin);
  const people = isNew ? await listPeopleForCohorts(ctx.db) : before;
  const emails = new Set(people.map((person) => person.email));
  const hasCompany = emails.has(company.cast.superAdmin);
  const memory = await openMemory(ctx, dataDir, hasCompany);
  if (!isNew && memory.isEmpty) await replayMessages(ctx);
  const companyUsers = hasCompany
    ? company.people.map((person) => createCompanyUser(company, person))
    : [];
  const order = Object.values(company.cast);
  const rank = ({ email = '' }: SandboxUser) =>
    (order.indexOf(email) + order.length + 1) % (order.length + 1);
  companyUsers.sort(
    (a, b) => Number(a.hint === undefined) - Number(b.hint === undefined) || rank(a) - rank(b),
  );
  const importedUsers = createImportedUsers(people, companyUsers);
  const users = [...companyUsers, ...importedUsers];
  // Somebody must be able to start: without the admin among the users, a workspace owner runs
  // /rolemine setup.
  if (!users.some((user) => user.email === admin)) users.unshift(owner);
  return { users, adminEmail: hasCompany ? admin : adminEmail, memory };
}

/** The messages of before the restart. Those of a replaced company are about tasks that are gone. */
async function openMemory(ctx: Ctx, dataDir: string, hasCompany: boolean): Promise<SandboxMemory> {
  const claimedAt = await findClaimTime(ctx.db);
  const store = `${claimedAt?.toISOString() ?? 'unused'} ${hasCompany ? 'made-up' : 'own'} company`;
  return SandboxMemory.open(join(dataDir, 'sandbox-messages.json'), store);
}

/** Lists people imported since the start, so that they can also act in the sandbox. */
export async function listImportedUsers(
  ctx: Ctx,
  known: readonly SandboxUser[],
): Promise<SandboxUser[]> {
  return createImportedUsers(await listPeopleForCohorts(ctx.db), known);
}

function createImportedUsers(
  people: Awaited<ReturnType<typeof listPeopleForCohorts>>,
  known: readonly SandboxUser[],
): SandboxUser[] {
  const emails = new Set(known.map((user) => user.email));
  return people.flatMap(({ name, email, jobTitle }) =>
    email && !emails.has(email) ? [createImportedUser(name, email, jobTitle)] : [],
  );
}

const owner: SandboxUser = {
  id: toSlackId('owner@sandbox.example'),
  name: 'owner',
  realName: 'Sandy Owner',
  email: 'owner@sandbox.example',
  isOwner: true,
  hint: 'Workspace owner: run /rolemine setup',
};

/** Imports the company as CSV files, the same way as real data. */
async function fillStore(
  ctx: Ctx,
  company: Company,
  dataDir: string,
  adminEmail: string,
): Promise<void> {
  const folder = join(dataDir, 'sandbox-company');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of toCsv(company)) writeFileSync(join(folder, name), text);
  await syncSource(
    ctx,
    await openCsvFolder(folder, { name: connector, timeZone: organizationZone(ctx) }),
  );
  await ensureSuperAdmin(ctx, adminEmail);
  await requestFirst(
    ctx,
    company.cast.employee,
    'GitHub',
    'I join the on-call rotation on Monday.',
  );
  await requestFirst(
    ctx,
    company.cast.manager,
    'Jira',
    'I plan the next quarter with the other leads.',
  );
  // A manager without Slack gets a request, so that there is a mail to read from the start.
  const report = company.people.find(
    ({ manager, active }) => active && emailOf(company, manager) === company.cast.withoutSlack,
  );
  if (report) await requestFirst(ctx, report.email, 'Workday', 'I take over the shift plan.');
}

function emailOf({ people }: Company, index: number | undefined): string | undefined {
  return index === undefined ? undefined : people[index]?.email;
}

/** Opens a first request, so that there is something to decide. */
async function requestFirst(ctx: Ctx, email: string, app: string, reason: string): Promise<void> {
  const actor = await findActorByEmail(ctx, email);
  if (!actor) return;
  for (const entitlement of await searchEntitlements(ctx.db, { query: app, limit: 20 })) {
    const input = { personId: actor.personId, entitlementIds: [entitlement.id], reason };
    const request = await requestAccess({ ...ctx, actor }, input).catch(() => undefined);
    if (request) return;
  }
}

function createCompanyUser(company: Company, person: CompanyPerson): SandboxUser {
  return {
    id: toSlackId(person.email),
    name: person.email.split('@')[0] ?? person.email,
    realName: person.name,
    email: person.email,
    title: `${person.jobTitle}, ${person.department}`,
    tz: person.timeZone,
    isAdmin: person.email === company.cast.superAdmin,
    isRestricted: person.slack === 'guest',
    deleted: person.slack === 'deactivated',
    noSlack: person.slack === 'none',
    hint: hints[person.email === '' ? '' : castRoleOf(company, person.email)],
  };
}

const hints: Record<string, string | undefined> = {
  superAdmin: 'Super Admin',
  manager: 'Manager',
  applicationOwner: 'Application owner',
  employee: 'Employee',
  withoutSlack: 'No Slack: gets e-mail',
};

function castRoleOf(company: Company, email: string): string {
  return Object.entries(company.cast).find(([, one]) => one === email)?.[0] ?? '';
}

function createImportedUser(name: string, email: string, title: string | null): SandboxUser {
  return {
    id: toSlackId(email),
    name: email.split('@')[0] ?? email,
    realName: name,
    email,
    title: title ?? undefined,
  };
}

/** Derives a Slack id that stays the same after a restart, since the store contains it. */
function toSlackId(email: string): string {
  return `U${createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 10).toUpperCase()}`;
}
