import { EmailDelivery } from '../../src/email/deliver.ts';
import { type Ctx, inTransaction } from '../../src/governance/context.ts';
import { openTasks } from '../../src/governance/tasks/open-tasks.ts';
import { startOutbox } from '../../src/jobs/outbox.ts';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { startSlack } from '../../src/slack/app.ts';
import type { Db } from '../../src/store/db.ts';
import { applications, entitlements } from '../../src/store/schema/access.ts';
import { people, personRoles } from '../../src/store/schema/people.ts';
import type { Task } from '../../src/store/tasks/tasks.ts';
import { startWeb } from '../../src/web/server.ts';
import { miner } from './miner.ts';

export const addressOf = (name: string) => `${name}@acme.example`;

/** The outbox between a database, Slack and a mail server, with a clock that tests move forward. */
export interface DeliveryOffice {
  slack: Sandbox;
  newCtx(): Ctx;
  /** The id of a person, by first name. */
  idOf(name: string): number;
  as(name: string): SandboxActor;
  /** The messages of the app to this person, without replies in threads. */
  messagesOf(name: string): ReturnType<SandboxActor['messages']>;
  later(minutes: number): void;
  /** Opens a task for each manager: a new report of theirs requests a new entitlement. */
  askBosses(bosses: readonly string[], how?: { emergency?: boolean }): Promise<Task[]>;
  close(): Promise<void>;
}

interface Town {
  bosses: readonly string[];
  /** People of the company who are not in Slack. */
  outside?: readonly string[];
  /** Another mail server than the sandbox's. */
  smtpUrl?: string;
}

/** Adds these managers, and Dana as Super Admin, to an empty database and to Slack. */
export async function openDeliveryOffice(
  db: Db,
  { bosses, outside = [], smtpUrl }: Town,
): Promise<DeliveryOffice> {
  const members = [...bosses, 'dana'];
  const staff = await db
    .insert(people)
    .values(
      [...members, ...outside].map((name) => ({
        connector: 'csv',
        name: name.charAt(0).toUpperCase() + name.slice(1),
        email: addressOf(name),
      })),
    )
    .returning();
  const byAddress = new Map(staff.map((one) => [one.email, one.id]));
  const idOf = (name: string) => byAddress.get(addressOf(name)) ?? 0;
  await db.insert(personRoles).values({ personId: idOf('dana'), role: 'super_admin' });
  const [app] = await db.insert(applications).values({ name: 'GitHub' }).returning();

  const slack = await startSandbox({
    users: members.map((name) => ({ name, realName: name, email: addressOf(name) })),
  });
  let aheadMs = 0;
  let wake = () => {};
  const newCtx = (): Ctx => ({
    db,
    actor: undefined,
    via: 'system',
    now: new Date(Date.now() + aheadMs),
    wake: () => wake(),
  });
  const web = await startWeb({ port: 0, host: '127.0.0.1', ping: async () => {} });
  const { botToken, appToken, apiUrl } = slack;
  const surface = await startSlack(
    { mode: 'socket', botToken, appToken, apiUrl },
    { newCtx, miner, adminEmail: undefined, web: web.app },
  );
  const from = 'Rolemine <rolemine@acme.example>';
  const email = new EmailDelivery({ smtpUrl: smtpUrl ?? slack.smtpUrl, from });
  const outbox = startOutbox({ newCtx, slack: surface.delivery, email });
  wake = outbox.wake;
  let asked = 0;

  return {
    slack,
    newCtx,
    idOf,
    as: (name) => slack.as(addressOf(name)),
    messagesOf: (name) =>
      slack
        .as(addressOf(name))
        .messages()
        .filter((one) => one.isFromApp && !one.ephemeral && !one.threadTs),
    later: (minutes) => {
      aheadMs += minutes * 60_000;
      wake();
    },
    askBosses: async (whom, how = {}) => {
      asked += 1;
      const [wanted] = await db
        .insert(entitlements)
        .values({ applicationId: app?.id ?? 0, name: `Role ${asked}`, emergencyAllowed: true })
        .returning();
      const reports = await db
        .insert(people)
        .values(
          whom.map((boss, at) => ({
            connector: 'csv',
            name: `Person ${asked}.${at + 1}`,
            email: addressOf(`p${asked}.${at}`),
            managerId: idOf(boss),
          })),
        )
        .returning();
      const { opened } = await inTransaction(newCtx(), (ctx) =>
        openTasks(ctx, {
          kind: 'grant',
          targets: reports.map(({ id }) => ({ personId: id, entitlementId: wanted?.id ?? 0 })),
          requesterId: null,
          openedBy: null,
          profileId: null,
          reason: 'on call',
          cause: 'asked',
          ...how,
        }),
      );
      return opened;
    },
    close: async () => {
      await outbox.close();
      email.close();
      await surface.close();
      await web.close();
      await slack.close();
    },
  };
}

/** Waits until `what` returns true. @throws Error with `words` after `ms` milliseconds. */
export async function until(what: () => boolean, words: string, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`this did not happen within ${ms} ms: ${words}`);
}
