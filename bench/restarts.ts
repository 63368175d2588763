// `npx tsx bench/restarts.ts`: PostgreSQL restarts 12 times, as after a crash, while people decide. Counts exits of the
// program, lost and doubled decisions, and the time until work goes on. As root, with PostgreSQL's programs installed.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxActor } from '../src/sandbox/actor.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';

const restarts = 12;
const folder = mkdtempSync(join(tmpdir(), 'rolemine-restarts-'));
const bin = execFileSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1'], {
  encoding: 'utf8',
}).trim();
const asPostgres = (...command: string[]) =>
  execFileSync('runuser', ['-u', 'postgres', '--', ...command], { cwd: folder, stdio: 'ignore' });

const port = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
  });
});
execFileSync('chown', ['postgres', folder]);
asPostgres(
  `${bin}/initdb`,
  '-D',
  `${folder}/cluster`,
  '-U',
  'postgres',
  '-A',
  'trust',
  '--no-sync',
);
const control = (...words: string[]) =>
  asPostgres(
    `${bin}/pg_ctl`,
    '-D',
    `${folder}/cluster`,
    '-l',
    `${folder}/log`,
    '-w',
    '-o',
    `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`,
    ...words,
  );
control('start');

// A requester and an approver for each round, so that no message waits in a digest.
const rounds = Array.from({ length: restarts }, (_, at) => at);
const names = ['kim', 'dana', ...rounds.flatMap((at) => [`ana${at}`, `bo${at}`])];
const users = names.map((name) => ({ name, realName: name, email: `${name}@acme.example` }));
const slack = await startSandbox({ users, rateLimits: 'off' });
const env = {
  ...process.env,
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
  DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
  DATA_DIR: `${folder}/data`,
  ADMIN_EMAIL: 'dana@acme.example',
  PORT: '0',
  LOG_LEVEL: 'error',
};
const csv = (file: string, ...lines: string[]) =>
  writeFileSync(`${folder}/${file}.csv`, `${lines.join('\n')}\n`);
csv(
  'people',
  'email,name,manager_email',
  ...names.map(
    (name) =>
      `${name}@acme.example,${name},${/^ana/.test(name) ? `${name.replace('ana', 'bo')}@acme.example` : ''}`,
  ),
);
csv('applications', 'app,owner_email', 'GitHub,kim@acme.example');
csv(
  'entitlements',
  'app,entitlement',
  ...Array.from({ length: restarts }, (_, at) => `GitHub,Role${at}`),
);
csv('grants', 'person,app,entitlement', 'kim@acme.example,GitHub,Role0');

let exits = 0;
const cli = (...args: string[]) => ['--import', 'tsx', 'src/cli.ts', ...args];
const app = spawn(process.execPath, cli('start'), { env, stdio: 'ignore' });
app.on('exit', () => {
  exits += 1;
});
while (slack.connections() === 0) await sleep(100);
execFileSync(process.execPath, cli('import', 'csv', folder), { env, stdio: 'ignore' });

const find = (who: SandboxActor, words: string) =>
  who.messages().findLast((one) => one.words.includes(words));
const waits: number[] = [];
let refusals = 0;
for (const at of rounds) {
  const [ana, bo] = [slack.as(`ana${at}`), slack.as(`bo${at}`)];
  await ana.command('/rolemine', 'request');
  await ana.waitFor(() => ana.modal(), 30_000);
  await ana.fill({ Entitlement: `GitHub · Role${at}`, Reason: `round ${at}` });
  await ana.submit();
  await ana.closeModal({ all: true });
  const { ts } = await bo.waitFor(
    () =>
      bo
        .messages()
        .findLast((one) => one.text.includes(`Role${at}:`) && one.buttons.includes('Approve')),
    60_000,
  );
  const started = performance.now();
  const seen = bo.messages().length;
  const clicking = bo.click({ text: 'Approve', messageTs: ts }).catch(() => undefined);
  control('restart', '-m', 'immediate');
  await clicking;
  for (;;) {
    const copy = bo.messages().find((one) => one.ts === ts);
    if (copy?.words.includes(`Approved by bo${at}`)) break;
    if (performance.now() - started > 90_000)
      throw new Error(
        `round ${at}: the work did not go on (exits: ${exits}); last messages:\n${bo
          .messages()
          .slice(-3)
          .map(({ words, text }) => `${text}\n${words}`)
          .join('\n--\n')}`,
      );
    await bo.click({ text: 'Approve', messageTs: ts }).catch(() => undefined);
    await sleep(500);
  }
  waits.push(Math.round(performance.now() - started));
  refusals += bo
    .messages()
    .slice(seen)
    .filter((one) => one.ephemeral && /Something went wrong|moment/.test(one.text)).length;
}
const approved = rounds.filter((at) => find(slack.as(`bo${at}`), `Approved by bo${at}`)).length;
console.log({ restarts, exits, approved, refusals, waitsMs: waits.toSorted((a, b) => a - b) });
app.kill('SIGTERM');
await sleep(2_000);
await slack.close();
control('stop', '-m', 'immediate');
process.exit(0);
