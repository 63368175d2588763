import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStoreCommand } from '../../src/cli/store-commands.ts';
import type { SlackUser } from '../../src/governance/people/slack-user.ts';
import { surveyInWorker } from '../../src/jobs/surveyor.ts';
import { findPersonByEmail } from '../../src/store/people/people.ts';
import { findSlackIdentity } from '../../src/store/people/slack-identities.ts';
import { grants } from '../../src/store/schema/access.ts';
import { databases, type TestDatabase } from '../support/database.ts';
import { miner } from '../support/miner.ts';
import { createFolder, createRecorder } from './command-line.ts';

const user = (name: string, change: Partial<SlackUser> = {}): SlackUser => ({
  teamId: 'T1',
  userId: `U${name.toUpperCase()}`,
  name,
  title: 'Engineer',
  email: `${name}@acme.example`,
  timeZone: 'Europe/Madrid',
  isWorkspaceAdmin: false,
  barred: undefined,
  ...change,
});

describe.each(databases())('rolemine import slack, on $name', ({ open }) => {
  let database: TestDatabase;
  let users: SlackUser[] | undefined;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  async function run(command: string, args: object) {
    const lines = createRecorder();
    const readSlackUsers = users && (async () => users ?? []);
    const deps = {
      db: database.db,
      timeZone: 'UTC',
      miner,
      survey: surveyInWorker,
      adminEmail: undefined,
      readSlackUsers,
    };
    const exit = await runStoreCommand(deps, command, args, lines.output);
    return { exit, out: lines.out(), err: lines.err() };
  }
  const importSlack = (dryRun = false) => run('import-slack', { dryRun });
  const find = (email: string) => findPersonByEmail(database.db, email);

  it('says what to set without a Slack workspace', async () => {
    const { exit, err } = await importSlack();
    expect(err).toContain('No Slack workspace is connected. Set SLACK_BOT_TOKEN');
    expect(exit).toBe(1);
  });

  it('does not change people of another source, or their access', async () => {
    const dir = createFolder({
      'people.csv': 'email,name,job_title\nana@acme.example,Ana Ruiz,Lead',
      'grants.csv': 'person,app,entitlement\nana@acme.example,GitHub,Read',
    });
    expect((await run('import', { dir, map: [], dryRun: false })).exit).toBe(0);
    users = [user('ana', { name: 'Annie' })];
    expect((await importSlack(true)).out).toContain('people        no change');
    users.push(user('bo'));
    expect((await importSlack(true)).out).toContain('people        1 new');
    expect(await find('bo@acme.example')).toBeUndefined();
    const { exit, out, err } = await importSlack();
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain('people        1 new');
    expect(await find('ana@acme.example')).toMatchObject({ name: 'Ana Ruiz', jobTitle: 'Lead' });
    const [grant] = await database.db.select().from(grants);
    expect(grant?.closedAt).toBeNull();
  });

  it('links people to their Slack accounts at once, with their time zone', async () => {
    const bo = await find('bo@acme.example');
    expect(bo).toMatchObject({ connector: 'slack', jobTitle: 'Engineer', externalId: 'UBO' });
    const ana = await find('ana@acme.example');
    for (const { id } of [bo!, ana!]) {
      const identity = await findSlackIdentity(database.db, id);
      expect(identity).toMatchObject({ state: 'linked', timeZone: 'Europe/Madrid' });
    }
  });

  it('does not import bots, guests, deactivated users, or users without an address of their own', async () => {
    users = [
      user('bo'),
      user('bot', { barred: 'bot' }),
      user('guest', { barred: 'guest' }),
      user('gone', { barred: 'deactivated' }),
      user('nobody', { email: undefined }),
      user('bo2', { email: 'BO@acme.example' }),
    ];
    const { out, err } = await importSlack();
    expect(out).toContain('people        no change');
    expect(err.split('\n')).toEqual([
      'warning: Slack UNOBODY "nobody": this user is left out: Slack reports no verified e-mail address.',
      'warning: Slack UBO2 "bo2": this user is left out: bo (UBO) has the same address.',
    ]);
  });

  it('a new address waits for a Super Admin; a deactivated user is closed', async () => {
    users = [user('bo', { email: 'bob@acme.example' }), user('cy')];
    expect((await importSlack()).out).toContain('people        1 new');
    expect((await importSlack()).out).toContain('people        no change');
    expect(await find('bob@acme.example')).toBeUndefined();
    users = [user('bo', { email: 'bob@acme.example' }), user('cy', { barred: 'deactivated' })];
    expect((await importSlack()).out).toContain('people        1 removed');
    expect((await find('cy@acme.example'))?.closedAt).not.toBeNull();
  });

  it('an empty Slack workspace closes nobody', async () => {
    users = [user('bot', { barred: 'bot' })];
    const { exit, err } = await importSlack();
    expect(err).toContain('Slack: the workspace has no members.');
    expect(exit).toBe(1);
  });
});
