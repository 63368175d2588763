// Opens a thousand tasks for fifty approvers at once: `npx tsx bench/task-storm.ts [tasks] [seconds
// of clicks]`. Measures the messages of each approver, calls over Slack's limits, and the time of a
// click while cards are redrawn. Program, sandbox (with rate limits) and embedded database share
// one thread, as in `npm start`. DATABASE_URL names an empty PostgreSQL database to use instead.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCsvFolder } from '../src/connectors/csv.ts';
import { EmailDelivery } from '../src/email/deliver.ts';
import { type Ctx, inTransaction } from '../src/governance/context.ts';
import { ensureSuperAdmin, findActorByEmail } from '../src/governance/people/slack-accounts.ts';
import { syncSource } from '../src/governance/sync/sync-source.ts';
import { openTasks } from '../src/governance/tasks/open-tasks.ts';
import { WorkerMiner } from '../src/jobs/miner.ts';
import { startOutbox } from '../src/jobs/outbox.ts';
import type { SandboxActor, SeenMessage } from '../src/sandbox/actor.ts';
import { listAt } from '../src/sandbox/dict.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { startSlack } from '../src/slack/app.ts';
import { searchEntitlements } from '../src/store/catalog/entitlements.ts';
import { openStore } from '../src/store/open-store.ts';
import { listPeopleForCohorts } from '../src/store/people/people.ts';
import { startWeb } from '../src/web/server.ts';
import { describeMachine } from './machine.ts';

const tasks = Number(process.argv[2] ?? 1_000);
const clickSeconds = Number(process.argv[3] ?? 60);
const approvers = 50;
/** Fifty people who each decide a task every twelve seconds. */
const clickIntervalMs = 240;
const emailOf = (name: string) => `${name}@acme.example`;
const managers = Array.from({ length: approvers }, (_, at) => `boss${at}`);
const users = ['dana', 'prov', ...managers];

console.log(describeMachine().join('\n'));
const dataDir = await mkdtemp(join(tmpdir(), 'rolemine-storm-'));
const databaseUrl = process.env.DATABASE_URL;
const store = await openStore({ dataDir, ...(databaseUrl ? { databaseUrl } : {}) });
const slack = await startSandbox({
  users: users.map((name) => ({ name, realName: name, email: emailOf(name) })),
});
let wake = () => {};
/** The time at which the last click was committed. */
let committedAt = 0;
const newCtx = (via: Ctx['via'] = 'system'): Ctx => ({
  db: store.db,
  actor: undefined,
  via,
  now: new Date(),
  wake: () => {
    if (via === 'slack') committedAt = performance.now();
    wake();
  },
});

await importData();
const miner = new WorkerMiner();
const web = await startWeb({ port: 0, host: '127.0.0.1', ping: async () => {} });
const { botToken, appToken, apiUrl, smtpUrl } = slack;
const surface = await startSlack(
  { mode: 'socket', botToken, appToken, apiUrl },
  { newCtx: () => newCtx('slack'), miner, adminEmail: emailOf('dana'), web: web.app },
);
const email = new EmailDelivery({ smtpUrl, from: 'Rolemine <rolemine@acme.example>' });
const outbox = startOutbox({ newCtx, slack: surface.delivery, email });
wake = outbox.wake;

for (const name of managers) await slack.as(emailOf(name)).openHome();
await sleep(3_000);
const started = performance.now();
await openStorm();
report('opening the tasks', `${formatSeconds(performance.now() - started)} s, in one transaction`);
await waitForDigests();
report('until everybody is notified', `${formatSeconds(performance.now() - started)} s`);
const counts = managers.map((name) => messagesOf(slack.as(emailOf(name))).length);
report('messages per approver', `${Math.min(...counts)} to ${Math.max(...counts)}`);
const before = process.cpuUsage();
await clickButtons();
const { user, system } = process.cpuUsage(before);
report('  processor time, all threads', `${formatSeconds((user + system) / 1_000)} s`);
report('calls that Slack rejected (429)', String(countRejectedCalls()));
report('redraws in the last minute', String(callsOf('chat.update').length));

await outbox.close();
email.close();
await surface.close();
await web.close();
await miner.close();
await slack.close();
await store.close();
await rm(dataDir, { recursive: true });

/** Imports a thousand people with fifty managers, and one entitlement they all lack. */
async function importData(): Promise<void> {
  const reports = Array.from({ length: tasks }, (_, at) => {
    const boss = emailOf(managers[at % approvers] ?? '');
    return `${emailOf(`p${at}`)},Person ${at},Engineering,Engineer,${boss}`;
  });
  const people = [...users.map((name) => `${emailOf(name)},${name},,,`), ...reports];
  const files = {
    people: ['email,name,department,job_title,manager_email', ...people],
    applications: ['app,owner_email,provisioner_email', `GitHub,,${emailOf('prov')}`],
    entitlements: ['app,entitlement', 'GitHub,Read', 'GitHub,Write'],
    grants: ['person,app,entitlement', `${emailOf('dana')},GitHub,Write`],
  };
  for (const [name, lines] of Object.entries(files)) {
    await writeFile(join(dataDir, `${name}.csv`), lines.join('\n'));
  }
  await syncSource(newCtx('cli'), await openCsvFolder(dataDir));
  await ensureSuperAdmin(newCtx('cli'), emailOf('dana'));
}

async function openStorm(): Promise<void> {
  const actor = await findActorByEmail(newCtx(), emailOf('dana'));
  const [entitlement] = await searchEntitlements(store.db, { query: 'read', limit: 1 });
  const people = await listPeopleForCohorts(store.db);
  const pairs = people
    .filter((one) => one.name.startsWith('Person '))
    .map(({ id }) => ({ personId: id, entitlementId: entitlement?.id ?? 0 }));
  const { opened } = await inTransaction({ ...newCtx(), actor }, (ctx) =>
    openTasks(ctx, {
      kind: 'grant',
      targets: pairs,
      requesterId: null,
      openedBy: actor?.personId ?? null,
      profileId: null,
      reason: 'a storm',
      cause: 'profile',
    }),
  );
  report('tasks opened', String(opened.length));
}

function messagesOf(actor: SandboxActor): SeenMessage[] {
  return actor.messages().filter((one) => one.isFromApp && !one.ephemeral);
}

async function waitForDigests(): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    if (managers.every((name) => messagesOf(slack.as(emailOf(name))).length > 0)) break;
    await sleep(50);
  }
}

/** Presses Approve of one manager after another, each time on a new button. */
async function clickButtons(): Promise<void> {
  const acks: number[] = [];
  const acts: number[] = [];
  const pressed = new Set<string>();
  const until = performance.now() + clickSeconds * 1_000;
  for (let turn = 0; performance.now() < until; turn++) {
    const began = performance.now();
    const actor = slack.as(emailOf(managers[turn % approvers] ?? ''));
    const value = nextButton(actor, pressed);
    if (value !== undefined) {
      pressed.add(value);
      committedAt = 0;
      const { ok, trouble } = await actor.click({ text: 'Approve', value });
      acks.push(performance.now() - began);
      if (!ok) console.error(trouble);
      acts.push((await waitForCommit()) - began);
    }
    await sleep(Math.max(0, clickIntervalMs - (performance.now() - began)));
  }
  report('clicks', String(acts.length));
  report('  acknowledged', formatPercentiles(acks));
  report('  decided', formatPercentiles(acts));
}

/** The time at which the click was committed; ten seconds if never. */
async function waitForCommit(): Promise<number> {
  const since = performance.now();
  while (committedAt === 0 && performance.now() - since < 10_000) await sleep(1);
  return committedAt || performance.now();
}

function nextButton(actor: SandboxActor, pressed: ReadonlySet<string>): string | undefined {
  const [digest] = messagesOf(actor);
  const elements = (digest?.blocks ?? []).flatMap((block) => listAt(block, 'elements'));
  const values = elements.flatMap((one) =>
    one.action_id === 'task:yes' ? [String(one.value ?? '')] : [],
  );
  return values.find((value) => !pressed.has(value));
}

function callsOf(method: string) {
  const since = Date.now() - 60_000;
  return slack.calls.filter((call) => call.method === method && call.answer.ok && call.at > since);
}

function countRejectedCalls(): number {
  return slack.calls.filter(({ answer }) => answer.error === 'ratelimited').length;
}

function report(label: string, figure: string): void {
  console.log(`${label.padEnd(34)} ${figure}`);
}

function formatSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function formatPercentiles(list: readonly number[]): string {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return `${value.toFixed(0)} ms`.padStart(8);
  };
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)}`;
}
