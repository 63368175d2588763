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

describe('the request form', () => {
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

  it('lists suggestions first, each with its evidence', async () => {
    await openForm();
    const answer = await ana.suggestAnswer({ actionId: 'request:entitlement' }, '');
    expect(answer.option_groups).toMatchObject([
      {
        label: { text: 'Suggested for you' },
        options: [
          {
            text: { text: 'GitHub · Read' },
            description: { text: '5 of 6 in Engineering (Engineer) have it' },
          },
        ],
      },
      { label: { text: 'Other entitlements' } },
    ]);
    expect(await ana.suggest('request:entitlement', 'audit')).toHaveLength(1);
  });

  it('keeps choices when an application limits the search', async () => {
    await openForm();
    await ana.fill({ Entitlement: ['GitHub · Read', 'Jira · Admin'], Reason: 'the new team' });
    await ana.fill({ Application: 'Jira' });
    await ana.waitFor((who) => who.modal()?.privateMetadata.match(/\.\d/));
    expect(chosen()).toMatch(/GitHub · Read.*Jira · Admin.*the new team/s);
    expect(await offers()).not.toContain('GitHub');
  });

  it('shows the result for each entitlement', async () => {
    await openForm();
    const entitlements = ['GitHub · Read', 'Jira · User', 'GitHub · Audit'];
    await ana.fill({ Entitlement: entitlements, Reason: 'the new team' });
    expect(await ana.submit()).toMatchObject({ ok: true });
    const words = ana.modal()?.words ?? '';
    expect(words).toMatch(/GitHub · Read\*?: request #\d+ sent/);
    expect(words).toMatch(/GitHub · Audit.* until .* \(the maximum\): request #/);
    expect(words).toContain('You already have Jira · User');
    expect(words.match(/request #\d+ sent/g)).toHaveLength(2);
  });

  it('asks for the last day, and refuses a past day beside the field', async () => {
    await openForm();
    await ana.fill({ Entitlement: 'GitHub · Admin', Reason: 'x', Duration: 'Until a date' });
    await ana.waitFor((who) => who.modal()?.words.includes('Last day'));
    await ana.fill({ 'Last day': inDays(-1) });
    expect((await ana.submit()).errors).toEqual({
      until: 'Choose a date in the future.',
    });
    await ana.fill({ 'Last day': inDays(10) });
    expect(await ana.submit()).toMatchObject({ ok: true });
    expect(ana.modal()?.words).toMatch(/GitHub · Admin.* until .*: request #/);
  });

  it('offers short durations for an emergency, and refuses one where none is allowed', async () => {
    await openForm();
    await ana.fill({ Entitlement: 'Jira · Admin', Reason: 'the site is down' });
    await ana.fill({ Emergency: ['yes'] });
    await ana.waitFor((who) => JSON.stringify(who.modal()?.blocks).includes('until.emergency'));
    expect(chosen()).toContain('1 day');
    expect((await ana.submit()).errors).toEqual({
      entitlement: 'Jira · Admin cannot be requested as an emergency. Make a normal request.',
    });
  });

  it('lists requests, and cancels one', async () => {
    await ana.closeModal({ all: true });
    await ana.command('/rolemine', 'requests');
    const list = await ana.waitFor((who) =>
      who
        .messages()
        .findLast((one) => one.ephemeral && one.words.includes('You asked for GitHub · Admin')),
    );
    expect(list.buttons.filter((text) => text === 'Send reminder')).toHaveLength(3);
    await ana.click({ text: 'Cancel request', messageTs: list.ts });
    await ana.waitFor((who) => who.messages().at(-1)?.text.includes('is canceled'), wait);
  });

  it('extends access from Home, and notifies the manager', async () => {
    await ana.openHome();
    await ana.waitFor((who) => who.home()?.words.includes('Jira · User · until 31 Dec 2099'), wait);
    await ana.click({ text: 'Extend', in: 'home' });
    await ana.waitFor((who) => who.modal()?.words.includes('until 31 Dec 2099'), wait);
    await ana.fill({ 'Extend until': '2098-01-01', Reason: 'I stay' });
    expect((await ana.submit()).errors).toHaveProperty('until');
    await ana.fill({ 'Extend until': '2100-01-01' });
    expect(await ana.submit()).toMatchObject({ ok: true });
    const bo = rolemine.slack.as(address('bo'));
    await bo.waitFor(
      (who) => who.messages().some((one) => one.words.includes('asks to keep Jira · User until')),
      wait,
    );
  });
});
