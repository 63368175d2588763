import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const address = (name: string) => `${name}@acme.example`;
const engineers = ['ana', 'ben', 'cleo', 'dev', 'eva', 'fay'];
const names = [...engineers, 'bo', 'dana'];

// All engineers but Ana hold GitHub · Read; Ana holds Jira · User until the end of a year.
const files = new Map([
  [
    'people.csv',
    [
      'email,name,department,job_title,manager_email',
      ...engineers.map((name) => `${address(name)},${name},Engineering,Engineer,${address('bo')}`),
      `${address('bo')},Bo,Management,Manager,${address('dana')}`,
      `${address('dana')},Dana,Security,Lead,`,
    ].join('\n'),
  ],
  ['applications.csv', `app,owner_email\nGitHub,${address('dana')}\nJira,${address('dana')}`],
  [
    'entitlements.csv',
    'app,entitlement,emergency,longest_days\nGitHub,Admin,yes,\nGitHub,Audit,no,7\nJira,Admin,no,',
  ],
  [
    'grants.csv',
    [
      'person,app,entitlement,expires_at',
      ...engineers.slice(1).map((name) => `${address(name)},GitHub,Read,`),
      `${address('ana')},Jira,User,2099-12-31T23:59:59Z`,
    ].join('\n'),
  ],
]);

describe('the form that asks for access', () => {
  let rolemine: RunningRolemine;
  let ana: SandboxActor;
  const wait = 15_000;
  const today = new Date();
  const inDays = (days: number) =>
    new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);

  beforeAll(async () => {
    const users = names.map((name) => ({ name, realName: name, email: address(name) }));
    rolemine = await startRolemine({ users, adminEmail: address('dana') });
    const { exit, lines } = await rolemine.importCsv(files);
    expect([exit, lines.join('\n')]).toEqual([0, expect.anything()]);
    ana = rolemine.slack.as(address('ana'));
  }, 60_000);
  afterAll(() => rolemine.close());

  const openForm = async () => {
    await ana.closeModal({ all: true });
    await ana.command('/rolemine', 'request');
    await ana.waitFor((who) => who.modal()?.title === 'Request access');
  };
  const offers = async () => {
    const answer = await ana.suggestAnswer({ actionId: 'request:entitlement' }, '');
    return JSON.stringify(answer);
  };
  const chosen = () => JSON.stringify(ana.modal()?.values);

  it('suggests first what peers hold, each with its evidence', async () => {
    await openForm();
    const answer = await ana.suggestAnswer({ actionId: 'request:entitlement' }, '');
    expect(answer.option_groups).toMatchObject([
      {
        label: { text: 'Suggested for you' },
        options: [
          {
            text: { text: 'GitHub · Read' },
            description: { text: '5 of 6 in Engineering (Engineer) hold it' },
          },
        ],
      },
      { label: { text: 'Everything else' } },
    ]);
    expect(await ana.suggest('request:entitlement', 'audit')).toHaveLength(1);
  });

  it('keeps what was chosen when an application narrows what it offers', async () => {
    await openForm();
    await ana.fill({ Entitlement: ['GitHub · Read', 'Jira · Admin'], Reason: 'the new team' });
    await ana.fill({ Application: 'Jira' });
    await ana.waitFor((who) => who.modal()?.privateMetadata.match(/\.\d/));
    expect(chosen()).toMatch(/GitHub · Read.*Jira · Admin.*the new team/s);
    expect(await offers()).not.toContain('GitHub');
  });

  it('says of each entitlement what happened', async () => {
    await openForm();
    const wanted = ['GitHub · Read', 'Jira · User', 'GitHub · Audit'];
    await ana.fill({ Entitlement: wanted, Reason: 'the new team' });
    expect(await ana.submit()).toMatchObject({ ok: true });
    const words = ana.modal()?.words ?? '';
    expect(words).toMatch(/GitHub · Read\*?: Request #\d+ is on its way\./);
    expect(words).toMatch(/GitHub · Audit.* until .*, the longest it is given for: Request #/);
    expect(words).toContain('ana already holds Jira · User');
    expect(words.match(/is on its way/g)).toHaveLength(2);
  });

  it('asks for the last day when there is one, and refuses one that is over beside the field', async () => {
    await openForm();
    await ana.fill({ Entitlement: 'GitHub · Admin', Reason: 'x', 'For how long': 'Until a date' });
    await ana.waitFor((who) => who.modal()?.words.includes('Last day'));
    await ana.fill({ 'Last day': inDays(-1) });
    expect((await ana.submit()).errors).toEqual({
      until: 'That is over already; choose an end in the future.',
    });
    await ana.fill({ 'Last day': inDays(10) });
    expect(await ana.submit()).toMatchObject({ ok: true });
    expect(ana.modal()?.words).toMatch(/GitHub · Admin.* until .*: Request #/);
  });

  it('offers ends of a few days for an emergency, and says where there can be none', async () => {
    await openForm();
    await ana.fill({ Entitlement: 'Jira · Admin', Reason: 'the site is down' });
    await ana.fill({ Emergency: ['yes'] });
    await ana.waitFor((who) => JSON.stringify(who.modal()?.blocks).includes('until.emergency'));
    expect(chosen()).toContain('1 day');
    expect((await ana.submit()).errors).toEqual({
      entitlement: 'Jira · Admin cannot be requested as an emergency; request it the usual way.',
    });
  });

  it('lists what was asked for, and takes it back', async () => {
    await ana.closeModal({ all: true });
    await ana.command('/rolemine', 'requests');
    const list = await ana.waitFor((who) =>
      who
        .messages()
        .findLast((one) => one.ephemeral && one.words.includes('You asked for GitHub · Admin')),
    );
    expect(list.buttons.filter((text) => text === 'Send reminder')).toHaveLength(3);
    await ana.click({ text: 'Cancel request', messageTs: list.ts });
    await ana.waitFor((who) => who.messages().at(-1)?.text.includes('is cancelled'), wait);
  });

  it('extends from Home what ends, and tells the manager', async () => {
    await ana.openHome();
    await ana.waitFor((who) => who.home()?.words.includes('Jira · User · until 31 Dec 2099'), wait);
    await ana.click({ text: 'Extend', in: 'home' });
    await ana.waitFor((who) => who.modal()?.words.includes('is yours until 31 Dec 2099'), wait);
    await ana.fill({ 'Keep until': '2098-01-01', Reason: 'I stay' });
    expect((await ana.submit()).errors).toHaveProperty('until');
    await ana.fill({ 'Keep until': '2100-01-01' });
    expect(await ana.submit()).toMatchObject({ ok: true });
    const bo = rolemine.slack.as(address('bo'));
    await bo.waitFor(
      (who) => who.messages().some((one) => one.words.includes('asks to keep Jira · User until')),
      wait,
    );
  });
});
