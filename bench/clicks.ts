// Measures how long a click takes to be acknowledged and its card to be redrawn while the whole
// organization is analyzed continuously: `npx tsx bench/clicks.ts [clicks]`. The data is
// ../shared/data/amazon-employee-access with additional managers who decide. Program, sandbox and
// embedded database share one thread, as in `npm start`.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readConfig } from '../src/config.ts';
import { openCsvFolder } from '../src/connectors/csv.ts';
import type { Ctx } from '../src/governance/context.ts';
import { ensureSuperAdmin, findActorByEmail } from '../src/governance/people/slack-accounts.ts';
import { requestAccess } from '../src/governance/requests/request-access.ts';
import { syncSource } from '../src/governance/sync/sync-source.ts';
import { openApp } from '../src/main.ts';
import type { SandboxActor, SeenMessage } from '../src/sandbox/actor.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { searchEntitlements } from '../src/store/catalog/entitlements.ts';
import { openStore, type Store } from '../src/store/open-store.ts';
import { listPeopleForCohorts } from '../src/store/people/people.ts';

const clicks = Number(process.argv[2] ?? 200);
const clicksPerManager = 4;
/**
 * chat.update is limited to 50 a minute (slack/pace.ts) for all redraws; faster clicks would
 * measure that limit.
 */
const clickIntervalMs = 1_800;
const folder = new URL('../../shared/data/amazon-employee-access/', import.meta.url);
const managers = Array.from(
  { length: Math.ceil(clicks / clicksPerManager) },
  (_, at) => `boss${at}`,
);
const emailOf = (name: string) => `${name}@acme.example`;

const dataDir = await mkdtemp(join(tmpdir(), 'rolemine-clicks-'));
await importData();
const slack = await startSandbox({
  users: ['dana', ...managers].map((name) => ({ name, realName: name, email: emailOf(name) })),
  rateLimits: 'off',
});
const app = await openApp(
  readConfig({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SMTP_URL: slack.smtpUrl,
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    ADMIN_EMAIL: emailOf('dana'),
  }),
);
await waitForCards();
await measure('no analysis running', Math.ceil(clicks / 4), async () => {});
await measure('analyses running continuously', clicks, runAnalyses);
await app.close();
await slack.close();
await rm(dataDir, { recursive: true });

/** Imports the data with a manager for each person to click on, and opens one request for each. */
async function importData(): Promise<void> {
  const text = async (name: string) =>
    gunzipSync(await readFile(fileURLToPath(new URL(`${name}.csv.gz`, folder)))).toString();
  const requestCount = Math.ceil(clicks * 1.25);
  const users = (await text('users')).trim().split('\n');
  const people = users.slice(1).map((line, at) => {
    const [id, manager, ...rest] = line.split(',');
    const managerEmail =
      at < requestCount ? emailOf(managers[at % managers.length] ?? '') : manager;
    return [id, '', id, managerEmail, ...rest].join(',');
  });
  const added = ['dana', ...managers].map((name) => `${name},${emailOf(name)},${name},,,,,,,,`);
  const header = 'id,email,name,manager_email,rollup_1,rollup_2,department,job_title,f,family,code';
  await writeFile(join(dataDir, 'people.csv'), [header, ...added, ...people].join('\n'));
  const grants = (await text('grants')).replace('USER,RESOURCE', 'person,entitlement');
  await writeFile(join(dataDir, 'grants.csv'), grants);
  const store = await openStore({ dataDir });
  await openRequests(store, requestCount);
  await store.close();
}

async function openRequests({ db }: Store, count: number): Promise<void> {
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date() };
  await syncSource(ctx, await openCsvFolder(dataDir));
  await ensureSuperAdmin(ctx, emailOf('dana'));
  const actor = await findActorByEmail(ctx, emailOf('dana'));
  if (!actor) throw new Error('the Super Admin is not there');
  const people = await listPeopleForCohorts(db);
  const entitlements = await searchEntitlements(db, { query: '', limit: 5 });
  let opened = 0;
  for (const { id, managerId } of people) {
    if (managerId === null || opened === count) continue;
    const entitlementIds = [entitlements[0]?.id ?? 0];
    const input = { personId: id, entitlementIds, reason: 'a benchmark' };
    await requestAccess({ ...ctx, actor }, input).then(() => opened++, console.error);
  }
}

interface Card {
  actor: SandboxActor;
  message: SeenMessage;
}

function openCards(): Card[] {
  return managers.flatMap((name) => {
    const actor = slack.as(emailOf(name));
    const open = actor.messages().filter(({ buttons }) => buttons.includes('Approve'));
    return open.map((message) => ({ actor, message }));
  });
}

async function waitForCards(): Promise<void> {
  for (let before = -1, now = 0; now !== before || now === 0; now = openCards().length) {
    before = now;
    await sleep(5_000);
  }
  console.log(`${openCards().length} open cards`);
}

async function measure(
  title: string,
  count: number,
  runMeanwhile: (until: AbortSignal) => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const background = runMeanwhile(end.signal);
  const acks: number[] = [];
  const redraws: number[] = [];
  for (const card of openCards().slice(0, count)) {
    const started = performance.now();
    const [ack, redraw] = await Promise.all([clickOn(card), redrawOf(card)]);
    acks.push(ack);
    redraws.push(redraw);
    // Random intervals, so that clicks do not always meet the same moment of an analysis.
    await sleep(
      Math.max(0, clickIntervalMs * (0.75 + Math.random() / 2) - (performance.now() - started)),
    );
  }
  end.abort();
  await background;
  console.log(
    `${title}, ${acks.length} clicks\n  ack    ${formatPercentiles(acks)}\n  redraw ${formatPercentiles(redraws)}`,
  );
}

async function clickOn({ actor, message }: Card): Promise<number> {
  const at = performance.now();
  const { ok, trouble } = await actor.click({ text: 'Approve', messageTs: message.ts });
  if (!ok) console.error(trouble);
  return performance.now() - at;
}

/** Milliseconds from the click until Slack has the new card. */
async function redrawOf({ message }: Card): Promise<number> {
  const at = Date.now();
  for (;;) {
    const call = slack.calls.findLast(({ method, args, answer }) => {
      return method === 'chat.update' && args.ts === message.ts && answer.ok === true;
    });
    if (call && call.at >= at) return call.at - at;
    if (Date.now() - at > 30_000) return Number.POSITIVE_INFINITY;
    await sleep(2);
  }
}

async function runAnalyses(until: AbortSignal): Promise<void> {
  const dana = slack.as(emailOf('dana'));
  const reports = () =>
    slack.calls.filter(({ method, args }) => isReport(method, args.text)).length;
  while (!until.aborted) {
    const before = reports();
    await dana.command('/rolemine', 'analyze all');
    while (reports() === before && !until.aborted) await sleep(20);
  }
}

function isReport(method: string, text: unknown): boolean {
  return method === 'chat.postMessage' && String(text).startsWith('Role mining');
}

function formatPercentiles(list: readonly number[]): string {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return `${value.toFixed(0)} ms`.padStart(8);
  };
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)}`;
}
