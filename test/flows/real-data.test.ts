import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const folder = fileURLToPath(
  new URL('../../../shared/data/amazon-employee-access/', import.meta.url),
);
const isHere = existsSync(folder);
const title = 'access decisions of a real company (Amazon, 2010-2011), from import to provisioning';
const why = isHere ? '' : ' [skipped: ../shared/data/amazon-employee-access is not here]';

const map = [
  'id=USER',
  'manager_email=MGR_ID',
  'department=ROLE_DEPTNAME',
  'job_title=ROLE_TITLE',
  'person=USER',
  'entitlement=RESOURCE',
];
const unzip = async (name: string) =>
  gunzipSync(await readFile(`${folder}${name}.csv.gz`)).toString();

describe.skipIf(!isHere)(`${title}${why}`, () => {
  let rolemine: RunningRolemine;
  let dana: SandboxActor;
  let eve: SandboxActor;
  let gaining: string;
  const wait = 60_000;
  const newest = (words: RegExp, actor = dana) =>
    actor
      .messages()
      .reverse()
      .find((message) => words.test(`${message.text}\n${message.words}`));
  const reads = (words: RegExp, actor = dana) => actor.waitFor(() => newest(words, actor), wait);
  const opens = (words: string) =>
    dana.waitFor((who) => (who.modal()?.words.includes(words) ? who.modal() : undefined), wait);

  beforeAll(async () => {
    // Nobody in the data has an e-mail address, so the Super Admins are in Slack only.
    const users = ['Dana', 'Eve'].map((realName) => {
      const name = realName.toLowerCase();
      return { name, realName, email: `${name}@acme.example` };
    });
    rolemine = await startRolemine({ users, adminEmail: 'dana@acme.example', rateLimits: 'off' });
    dana = rolemine.slack.as('dana@acme.example');
    eve = rolemine.slack.as('eve@acme.example');
  }, 60_000);
  afterAll(() => rolemine?.close());

  it('imports 9,561 people and 30,872 grants by naming its columns', async () => {
    const files = new Map([
      ['people.csv', await unzip('users')],
      ['grants.csv', await unzip('grants')],
    ]);
    const { exit, lines } = await rolemine.importCsv(files, map);
    const told = lines.join('\n');
    expect(told).toMatch(/people +9,561 new/);
    expect(told).toMatch(/entitlements +7,226 new/);
    expect(told).toMatch(/grants +30,872 new/);
    expect(told).toContain('people with this manager still form a cohort');
    expect(exit).toBe(0);
  }, 60_000);

  it('the analysis of the whole organization starts at once, and reports when it is done', async () => {
    await dana.command('/rolemine', 'analyze all');
    await reads(/The analysis of the whole organization has started/);
    const reports = await dana.waitFor((who) => {
      const cards = who
        .messages()
        .filter(({ words }) => words.includes('9,561 people, 30,872 grants'));
      // One report of the import's run, and one of the run that Dana started.
      return cards.length === 2 ? cards : undefined;
    }, wait);
    expect(reports[0]?.words).toMatch(/Role mining found \d+ new access profiles/);
    expect(reports[1]?.words).toMatch(/Role mining found (\d+ new|nothing new)/);
  }, 120_000);

  it('all pages of the list of suggestions can be read', async () => {
    await dana.command('/rolemine', 'suggestions');
    const answer = await reads(/\d+ open suggestions/);
    const all = answer.buttons.find((text) => text.startsWith('Show all')) ?? '';
    await dana.click({ text: all, messageTs: answer.ts });
    let rows = 0;
    for (;;) {
      const page = await opens('sorted by grants explained');
      rows += page.buttons.filter((text) => text === 'Review').length;
      if (!page.buttons.includes('Next page')) break;
      await dana.click({ text: 'Next page' });
      await dana.waitFor((who) => who.modal()?.words !== page.words, wait);
    }
    expect(rows).toBeGreaterThan(5);
    expect(rows).toBe(Number(all.replace(/\D/g, '')));
  }, 120_000);

  it('a second Super Admin is appointed, since nobody approves what they opened', async () => {
    await dana.closeModal({ all: true });
    await eve.command('/rolemine', 'help');
    await reads(/request/, eve);
    await dana.command('/rolemine', 'roles Eve');
    await opens('Super Admin');
    await dana.select({ field: 'Additional roles', to: ['super_admin'] });
    await dana.submit();
    await opens('now has the role Super Admin');
    await dana.closeModal({ all: true });
  }, 60_000);

  it('a suggestion is reviewed and becomes an access profile without members', async () => {
    await dana.closeModal({ all: true });
    const card = newest(/Role mining found \d\d/);
    await dana.click({ text: 'Review', messageTs: card?.ts });
    const review = await opens('Would gain access when enrolled');
    expect(review.words).toMatch(/\d+ of \d+ \(\d+ %, at least \d+ %\)/);
    gaining = /when enrolled: (u\d+)/.exec(review.words)?.[1] ?? '';
    await dana.fill({ 'Profile name': 'First of the real ones' });
    await dana.submit();
    await opens('Nobody is enrolled yet.');
  }, 60_000);

  it('a person found by search is enrolled, and a request opens for missing access', async () => {
    await dana.click({ text: 'Add members', in: 'modal' });
    await opens('Whole cohort');
    const [found] = await dana.suggest('people', gaining);
    await dana.select({ field: 'People', to: [String(found?.value)] });
    await dana.select({ field: 'Requests', to: ['create'] });
    await dana.submit();
    await opens('1 request opened');
    await dana.closeModal({ all: true });
  }, 120_000);

  it('without a manager or an owner to ask, another Super Admin approves before the opener provisions', async () => {
    const asked = await reads(new RegExp(`Access request: grants .+ for ${gaining} `), eve);
    await eve.click({ text: 'Approve', messageTs: asked.ts });
    await reads(/Approved by Eve/, eve);
    const todo = await reads(new RegExp(`Provision grants .+ for ${gaining}`));
    await dana.click({ text: 'Provisioned', messageTs: todo.ts });
    await reads(/Provisioned by Dana/);
  }, 60_000);

  it('a typed cohort is answered with its own figures', async () => {
    await dana.command('/rolemine', 'analyze job_title=118568');
    const { text } = await reads(/^\d+ people match/);
    expect(text).toMatch(
      /match, and at least 80 % of them share nothing; the closest is grants · /,
    );
    expect(text).toMatch(/at \d+ % \(\d+ of 487\)/);
  }, 60_000);

  it('a cohort that shares access is answered with a suggestion to review', async () => {
    await dana.command('/rolemine', 'analyze job_title=143183');
    const answer = await reads(/143183.*: 5 people share 1 entitlement/);
    expect(answer.buttons).toContain('Review');
  }, 60_000);

  it('a running analysis is canceled by a click, and history names the person', async () => {
    const before = dana.messages().length;
    await dana.command('/rolemine', 'analyze all');
    const started = await dana.waitFor((who) =>
      who
        .messages()
        .slice(before)
        .find(({ buttons }) => buttons.includes('Cancel')),
    );
    await dana.click({ text: 'Cancel', messageTs: started.ts });
    await reads(/^The analysis of the whole organization \(run \d+\) is canceled\./);
    await dana.click({ text: 'Cancel', messageTs: started.ts });
    await reads(/^This analysis was already canceled by Dana just now\./);
    await dana.command('/rolemine', 'history');
    const { words } = await reads(/Last \d+ analyses/);
    expect(words).toMatch(/the whole organization.*\n?.*canceled by Dana just now/);
  }, 60_000);
});
