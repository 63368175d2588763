import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCsvFolder } from './connectors/csv.ts';
import type { Ctx } from './governance/context.ts';
import { replayMessages } from './governance/messages/replay.ts';
import { ensureSuperAdmin, findActorByEmail } from './governance/people/slack-accounts.ts';
import { requestAccess } from './governance/requests/request-access.ts';
import { syncSource } from './governance/sync/sync-source.ts';
import { type Company, makeCompany } from './sandbox/company/company.ts';
import { toCsv } from './sandbox/company/csv.ts';
import type { CompanyPerson } from './sandbox/company/people.ts';
import type { SandboxUser } from './sandbox/slack/users.ts';
import { searchEntitlements } from './store/catalog/entitlements.ts';
import { listPeopleForCohorts } from './store/people/people.ts';

const connector = 'sandbox';

/**
 * What the sandbox shows: the made-up company in an empty store, else the people who are there already.
 * @returns the users of the sandbox's workspace and who its first Super Admin is.
 */
export async function prepareDemo(
  ctx: Ctx,
  dataDir: string,
  adminEmail: string | undefined,
): Promise<{ users: SandboxUser[]; adminEmail: string | undefined }> {
  const isNew = (await listPeopleForCohorts(ctx.db)).length === 0;
  const company = makeCompany({ today: ctx.now });
  const admin = adminEmail ?? company.cast.superAdmin;
  if (isNew) await fill(ctx, company, dataDir, admin);
  else await replayMessages(ctx);
  const here = await listPeopleForCohorts(ctx.db);
  const emails = new Set(here.map((person) => person.email));
  const hasCompany = emails.has(company.cast.superAdmin);
  const ours = hasCompany ? company.people.map((person) => companyUser(company, person)) : [];
  const order = Object.values(company.cast);
  const rank = ({ email = '' }: SandboxUser) =>
    (order.indexOf(email) + order.length + 1) % (order.length + 1);
  ours.sort(
    (a, b) => Number(a.hint === undefined) - Number(b.hint === undefined) || rank(a) - rank(b),
  );
  const others = otherUsers(here, ours);
  const users = [...ours, ...others];
  // Somebody must be able to start: with imported people only, an owner of the workspace runs /rolemine setup.
  if (!users.some((user) => user.email === admin)) users.unshift(owner);
  return { users, adminEmail: hasCompany ? admin : adminEmail };
}

/** People whom an import has brought since, so that one can be them in the sandbox, too. */
export async function listImportedUsers(
  ctx: Ctx,
  known: readonly SandboxUser[],
): Promise<SandboxUser[]> {
  return otherUsers(await listPeopleForCohorts(ctx.db), known);
}

function otherUsers(
  here: Awaited<ReturnType<typeof listPeopleForCohorts>>,
  known: readonly SandboxUser[],
): SandboxUser[] {
  const emails = new Set(known.map((user) => user.email));
  return here.flatMap(({ name, email, jobTitle }) =>
    email && !emails.has(email) ? [otherUser(name, email, jobTitle)] : [],
  );
}

const owner: SandboxUser = {
  id: idOf('owner@sandbox.example'),
  name: 'owner',
  realName: 'Sandy Owner',
  email: 'owner@sandbox.example',
  isOwner: true,
  hint: 'Workspace owner: run /rolemine setup',
};

/** The company goes in as anybody's data does: as files that `rolemine import csv` reads. */
async function fill(
  ctx: Ctx,
  company: Company,
  dataDir: string,
  adminEmail: string,
): Promise<void> {
  const folder = join(dataDir, 'sandbox-company');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of toCsv(company)) writeFileSync(join(folder, name), text);
  await syncSource(ctx, await openCsvFolder(folder, { name: connector }));
  await ensureSuperAdmin(ctx, adminEmail);
  await ask(ctx, company.cast.employee, 'GitHub', 'I join the on-call rotation on Monday.');
  await ask(ctx, company.cast.manager, 'Jira', 'I plan the next quarter with the other leads.');
  // Their manager is not in Slack: so there is a mail to read from the start.
  const report = company.people.find(
    ({ manager, active }) => active && emailAt(company, manager) === company.cast.withoutSlack,
  );
  if (report) await ask(ctx, report.email, 'Workday', 'I take over the shift plan.');
}

function emailAt({ people }: Company, index: number | undefined): string | undefined {
  return index === undefined ? undefined : people[index]?.email;
}

/** A first request, so that there is something to decide about. */
async function ask(ctx: Ctx, email: string, app: string, reason: string): Promise<void> {
  const actor = await findActorByEmail(ctx, email);
  if (!actor) return;
  for (const entitlement of await searchEntitlements(ctx.db, app, 20)) {
    const input = { personId: actor.personId, entitlementIds: [entitlement.id], reason };
    const asked = await requestAccess({ ...ctx, actor }, input).catch(() => undefined);
    if (asked) return;
  }
}

function companyUser(company: Company, person: CompanyPerson): SandboxUser {
  return {
    id: idOf(person.email),
    name: person.email.split('@')[0] ?? person.email,
    realName: person.name,
    email: person.email,
    title: `${person.jobTitle}, ${person.department}`,
    tz: person.timeZone,
    isAdmin: person.email === company.cast.superAdmin,
    isRestricted: person.slack === 'guest',
    deleted: person.slack === 'deactivated',
    noSlack: person.slack === 'none',
    hint: hints[person.email === '' ? '' : roleOf(company, person.email)],
  };
}

const hints: Record<string, string | undefined> = {
  superAdmin: 'Super Admin',
  manager: 'Manager',
  applicationOwner: 'Application owner',
  employee: 'Employee',
  withoutSlack: 'No Slack: gets e-mail',
};

function roleOf(company: Company, email: string): string {
  return Object.entries(company.cast).find(([, one]) => one === email)?.[0] ?? '';
}

function otherUser(name: string, email: string, title: string | null): SandboxUser {
  return {
    id: idOf(email),
    name: email.split('@')[0] ?? email,
    realName: name,
    email,
    title: title ?? undefined,
  };
}

/** The same person has the same Slack id after a restart, since the store remembers it. */
function idOf(email: string): string {
  return `U${createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 10).toUpperCase()}`;
}
