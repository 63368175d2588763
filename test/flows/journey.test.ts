import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import type { SandboxUser } from '../../src/sandbox/slack/users.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const user = (name: string, more: Partial<SandboxUser> = {}): SandboxUser => ({
  name: name.toLowerCase(),
  realName: name,
  email: `${name.toLowerCase()}@acme.example`,
  ...more,
});

// Ten analysts report to Bo. Nine hold both NetSuite entitlements, Ana none. Kim and Paul provision. Paul is not in
// Slack.
const analysts = ['Ana', 'Ben', 'Cleo', 'Dev', 'Eva', 'Fay', 'Gus', 'Hal', 'Ida', 'Jo'];
const others = [
  'Bo,Management,Manager,dana',
  'Kim,IT,Admin,dana',
  'Paul,IT,Admin,dana',
  'Dana,Security,Lead,',
];
const peopleCsv = [
  'email,name,department,job_title,manager_email',
  ...analysts.map(
    (name) => `${name.toLowerCase()}@acme.example,${name},Finance,Analyst,bo@acme.example`,
  ),
  ...others.map((line) => {
    const [name = '', department, title, manager] = line.split(',');
    return `${name.toLowerCase()}@acme.example,${name},${department},${title},${manager ? `${manager}@acme.example` : ''}`;
  }),
].join('\n');
const applicationsCsv =
  'app,owner_email,provisioner_email,instructions\nNetSuite,kim@acme.example,kim@acme.example;paul@acme.example,"1. Setup, Users. 2. Add the role."';
const grantsCsv = (more: string[] = []) =>
  [
    'person,app,entitlement',
    ...analysts
      .slice(1)
      .flatMap((name) => [
        `${name.toLowerCase()}@acme.example,NetSuite,Read`,
        `${name.toLowerCase()}@acme.example,NetSuite,Reports`,
      ]),
    ...more,
  ].join('\n');
const files = (grants: string) =>
  new Map([
    ['people.csv', peopleCsv],
    ['applications.csv', applicationsCsv],
    ['grants.csv', grants],
  ]);

describe('the way from an import to access that the next import confirms', () => {
  let rolemine: RunningRolemine;
  let dana: SandboxActor;
  let bo: SandboxActor;
  let kim: SandboxActor;
  let ana: SandboxActor;
  const wait = 15_000;
  const last = (who: SandboxActor) => who.messages().at(-1);

  beforeAll(async () => {
    const users = [...analysts, 'Bo', 'Kim', 'Dana'].map((name) => user(name));
    rolemine = await startRolemine({ users, adminEmail: 'dana@acme.example' });
    [dana, bo, kim, ana] = ['dana', 'bo', 'kim', 'ana'].map((name) =>
      rolemine.slack.as(`${name}@acme.example`),
    ) as [SandboxActor, SandboxActor, SandboxActor, SandboxActor];
  }, 60_000);
  afterAll(() => rolemine.close());

  it('an import is mined, and the Super Admin gets one card with the suggestions', async () => {
    const { exit } = await rolemine.importCsv(files(grantsCsv()));
    expect(exit).toBe(0);
    const card = await dana.waitFor(
      (who) => (last(who)?.words.includes('Role mining found') ? last(who) : undefined),
      wait,
    );
    expect(card.words).toContain('10 people · 2 entitlements · 1 would gain access');
    expect(dana.messages()).toHaveLength(1);
  });

  it('accepting a suggestion creates a profile without members, and the card shows it', async () => {
    await dana.click({ text: 'Review' });
    const review = await dana.waitFor((who) => who.modal());
    expect(review.words).toContain('NetSuite · Read');
    expect(review.words).toContain('9 of 10 (90 %, at least 60 %)');
    expect(review.words).toContain('Ana');
    await dana.fill({ 'Profile name': 'Finance analysts' });
    await dana.submit();
    expect(dana.modal()?.words).toContain('Nobody is enrolled yet.');
    await dana.waitFor(
      (who) => last(who)?.words.includes('Access profile "Finance analysts" created by Dana'),
      wait,
    );
  });

  it('adding the cohort with requests opens one for each missing entitlement', async () => {
    await dana.click({ text: 'Add members', in: 'modal' });
    await dana.waitFor((who) => who.modal()?.words.includes('Whole cohort'));
    await dana.select({ field: 'Whole cohort', to: ['everyone'] });
    await dana.select({ field: 'Requests', to: ['create'] });
    await dana.submit();
    await dana.waitFor((who) => who.modal()?.words.includes('2 requests opened'), wait);
    await bo.waitFor((who) => who.messages().length === 2, wait);
    expect(last(bo)?.words).toContain('Access request: NetSuite');
    expect(last(bo)?.words).toContain(
      "You are asked as Ana's manager. Next: provisioning by Kim or Paul.",
    );
  });

  it('an approved card shows the record, and provisioners are notified in Slack or by e-mail', async () => {
    await bo.click({ text: 'Approve' });
    await bo.waitFor((who) => last(who)?.words.includes('Approved by Bo (manager)'), wait);
    expect(last(bo)?.buttons).toEqual(['Details']);
    const card = await kim.waitFor((who) => last(who), wait);
    expect(card.words).toContain('Provision NetSuite');
    expect(card.words).toContain('2. Add the role.');
    await kim.waitFor(() => rolemine.slack.mails('paul@acme.example').length === 1, wait);
    const [mail] = rolemine.slack.mails('paul@acme.example');
    expect(mail?.subject).toMatch(/^Provision NetSuite · \w+ for Ana/);
    expect(mail?.text).toContain('Add the role.');
    expect(mail?.html).toContain('Add the role.');
  });

  it('the person is notified of provisioning, and outdated cards are redrawn', async () => {
    await kim.click({ text: 'Provisioned' });
    await kim.waitFor((who) => last(who)?.words.includes('Provisioned by Kim'), wait);
    const news = await ana.waitFor((who) => last(who), wait);
    expect(news.words).toMatch(/You now have NetSuite · (Read|Reports)/);
    const stale = bo.messages().find((message) => message.words.includes('Approved by Bo'));
    expect(stale?.words).toContain('Provisioned by Kim');
  });

  it('the next import confirms the access, and the cards show it', async () => {
    const held = ['Read', 'Reports'].filter((name) => last(ana)?.words.includes(name));
    const grants = grantsCsv(held.map((name) => `ana@acme.example,NetSuite,${name}`));
    await rolemine.importCsv(files(grants));
    await kim.waitFor((who) => last(who)?.words.includes('Confirmed by a sync'), wait);
  });

  it('a denial asks for a reason and notifies the person', async () => {
    const open = bo.messages().find((message) => message.buttons.includes('Deny'));
    await bo.click({ text: 'Deny', messageTs: open?.ts ?? '' });
    await bo.waitFor((who) => who.modal());
    await bo.fill({ reason: 'she does not need <!channel> & reports' });
    await bo.submit();
    const news = await ana.waitFor(
      (who) => (who.messages().length === 2 ? last(who) : undefined),
      wait,
    );
    expect(news.words).toContain('was denied');
    expect(news.words).toContain('&lt;!channel&gt; &amp; reports');
  });

  it('Slack refused no call, and nobody got a message twice', () => {
    const refused = rolemine.slack.calls.filter((call) => call.answer.ok === false);
    const expected = refused.filter((call) => call.method !== 'users.lookupByEmail');
    expect(expected.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
    expect(rolemine.slack.mails('paul@acme.example')).toHaveLength(1);
    expect([dana, bo, kim, ana].map((who) => who.messages().length)).toEqual([1, 2, 1, 2]);
  });
});
