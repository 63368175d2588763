import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { card } from '../support/acme.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const address = (name: string) => `${name.toLowerCase()}@acme.example`;
// Ten analysts report to Bo and hold NetSuite · Read, Ben until tomorrow. Kim owns NetSuite.
const analysts = ['Ana', 'Ben', 'Cleo', 'Dev', 'Eva', 'Fay', 'Gus', 'Hal', 'Ida', 'Jo'];
const tomorrow = new Date(Date.now() + 20 * 3_600_000).toISOString();
const files = new Map([
  [
    'people.csv',
    [
      'email,name,department,job_title,manager_email',
      ...analysts.map((name) => `${address(name)},${name},Finance,Analyst,${address('Bo')}`),
      `${address('Bo')},Bo,Management,Manager,${address('Dana')}`,
      `${address('Kim')},Kim,IT,Admin,${address('Dana')}`,
      `${address('Dana')},Dana,Security,Lead,`,
    ].join('\n'),
  ],
  ['applications.csv', `app,owner_email\nNetSuite,${address('Kim')}`],
  [
    'grants.csv',
    [
      'person,app,entitlement,granted_at,expires_at',
      ...analysts.map(
        (name) => `${address(name)},NetSuite,Read,2026-01-05,${name === 'Ben' ? tomorrow : ''}`,
      ),
    ].join('\n'),
  ],
]);

describe('the life of access in Slack', () => {
  let rolemine: RunningRolemine;
  let dana: SandboxActor;
  let bo: SandboxActor;
  let ben: SandboxActor;
  const wait = 15_000;

  beforeAll(async () => {
    const users = [...analysts, 'Bo', 'Kim', 'Dana'].map((name) => ({
      name: name.toLowerCase(),
      realName: name,
      email: address(name),
    }));
    rolemine = await startRolemine({ users, adminEmail: address('Dana') });
    [dana, bo, ben] = ['Dana', 'Bo', 'Ben'].map((name) => rolemine.slack.as(address(name))) as [
      SandboxActor,
      SandboxActor,
      SandboxActor,
    ];
    const { exit, lines } = await rolemine.importCsv(files);
    if (exit !== 0) throw new Error(lines.join('\n'));
  }, 60_000);
  afterAll(() => rolemine.close());

  /** Opens the form that removes members of the only profile. */
  const openRemoval = async () => {
    await dana.command('/rolemine', 'profiles');
    await dana.waitFor((who) => who.messages().at(-1)?.buttons.includes('Open'));
    await dana.click({ text: 'Open', messageTs: dana.messages().at(-1)?.ts ?? '' });
    await dana.waitFor((who) => who.modal()?.buttons.includes('Remove members'));
    await dana.click({ text: 'Remove members', in: 'modal' });
    await dana.waitFor((who) => who.modal()?.callbackId === 'profile:unenroll');
  };
  const modalWith = (words: string) =>
    dana.waitFor((who) => (who.modal()?.words.includes(words) ? who.modal() : undefined), wait);
  const choose = async (count: number, leaving: string) => {
    const offered = await dana.suggest('people', '');
    const values = offered.slice(0, count).map((one) => one.value);
    await dana.select({ field: 'Members', to: values });
    await dana.select({ field: 'Their access', to: leaving });
    await dana.submit();
  };

  it('a person whose access ends tomorrow is notified once, with a button to extend it', async () => {
    await rolemine.restart();
    const told = await card(ben, 'Your access to NetSuite · Read ends on');
    expect(told.buttons).toEqual(['Extend']);
    expect(told.words).toContain('Extend it if you need it longer');
    await rolemine.restart();
    expect(ben.messages()).toHaveLength(1);
  });

  it('removing a member tells what happens to the access', async () => {
    await card(dana, 'Role mining found');
    await dana.click({ text: 'Review' });
    await dana.waitFor((who) => who.modal()?.words.includes('NetSuite · Read'));
    await dana.fill({ 'Profile name': 'Finance analysts' });
    await dana.submit();
    await dana.click({ text: 'Add members', in: 'modal' });
    await dana.waitFor((who) => who.modal()?.words.includes('Whole cohort'));
    await dana.select({ field: 'Whole cohort', to: ['everyone'] });
    await dana.submit();
    await dana.waitFor((who) => who.modal()?.words.includes('10 people enrolled'), wait);
    await dana.closeModal({ all: true });

    await openRemoval();
    await choose(1, 'revoke_unjustified');
    const first = await modalWith('removed.');
    expect(first.words).toContain(
      '1 person removed. No revocations were opened. Held directly and therefore unchanged: Ana holds NetSuite · Read.',
    );
    await dana.closeModal({ all: true });
  });

  it('a large removal needs confirmation; then revocations open, and managers confirm them', async () => {
    await openRemoval();
    await choose(6, 'revoke_all');
    const asked = await modalWith('Large removal');
    expect(asked.words).toContain('Yes, remove 6 of 9 members');
    await dana.select({ field: 'Large removal', to: ['6'] });
    await dana.submit();
    const done = await modalWith('removed.');
    expect(done.words).toContain('6 people removed. 6 revocations opened');
    expect(done.words).toContain('*Members* (3)');
    const revocation = await card(bo, 'Revoke NetSuite · Read from');
    expect(revocation.words).toContain('Left the access profile "Finance analysts".');
    // Ben's access is being revoked before its end, so it cannot be extended.
    await ben.waitFor((who) => who.messages()[0]?.words.includes('is being revoked'), wait);
    expect(ben.messages()[0]?.buttons).toEqual([]);
  });

  it('Slack refused no call', () => {
    const refused = rolemine.slack.calls.filter((call) => call.answer.ok === false);
    const expected = refused.filter((call) => call.method !== 'users.lookupByEmail');
    expect(expected.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
  });
});
