import { afterEach, describe, expect, it } from 'vitest';
import type { ImportArgs } from '../../src/cli/import/import-csv.ts';
import { runStoreCommand } from '../../src/cli/store-commands.ts';
import type { StoreDeps } from '../../src/cli/store-deps.ts';
import { surveyInWorker } from '../../src/jobs/surveyor.ts';
import { listSuperAdmins } from '../../src/store/people/people.ts';
import { databases } from '../support/database.ts';
import { miner } from '../support/miner.ts';
import { useDatabase } from '../support/use-database.ts';
import { folderOf, recorder, rolemine, smallCompany } from './command-line.ts';

describe.each(databases())('commands on the store, on $name', ({ open }) => {
  const db = useDatabase(open);

  async function run(command: string, args: object, change: Partial<StoreDeps> = {}) {
    const deps = {
      db,
      miner,
      survey: surveyInWorker,
      readSlackUsers: undefined,
      adminEmail: 'p1@acme.example',
      ...change,
    };
    const lines = recorder();
    const exit = await runStoreCommand(deps, command, args, lines.output);
    return { exit, out: lines.out(), err: lines.err() };
  }

  const importing = (files: Record<string, string>, change: Partial<ImportArgs> = {}) => ({
    dir: folderOf(files),
    map: [],
    dryRun: false,
    ...change,
  });

  describe('that is and stays empty', () => {
    afterEach(async () => {
      expect((await run('check', {})).out).toMatch(/it holds 0 people$/);
    });

    it('a dry run says what would change, and changes nothing', async () => {
      const { exit, out } = await run('import', importing(smallCompany(), { dryRun: true }));
      expect(out).toContain('people        24 new');
      expect(out).toMatch(/it was a dry run, and nothing was written\.$/);
      expect(exit).toBe(0);
    });

    it('files with problems are told line by line, and nothing is imported', async () => {
      const grants = 'person,app,entitlement\nzoe@x.example,A,x';
      const { exit, err } = await run(
        'import',
        importing({ ...smallCompany(), 'grants.csv': grants }),
      );
      expect(err).toMatch(
        /grants\.csv:2 person "zoe@x\.example".*\nThere is 1 problem .*nothing was/,
      );
      expect(exit).toBe(1);
    });

    it('mine says what to do first', async () => {
      const { exit, err } = await run('mine', { options: { mining: {} }, json: false });
      expect(err).toMatch(/rolemine import csv/);
      expect(exit).toBe(1);
    });

    it('a command of another version is refused', async () => {
      const { exit, err } = await run('constructor', {});
      expect(err).toMatch(/does not know "constructor"/);
      expect(exit).toBe(1);
    });
  });

  describe('that is filled', () => {
    it('import says what came and mines it; the same files again change nothing', async () => {
      const args = importing(smallCompany());
      const { exit, out, err } = await run('import', args);
      expect(err).toBe('');
      expect(out.split('\n')).toEqual([
        'people        24 new',
        'applications  2 new',
        'entitlements  3 new',
        'owners        no change',
        'grants        24 new',
        expect.stringMatching(/^Imported in \d+\.\d s\.$/),
        'Role mining: 1 suggestion, 1 of them new.',
      ]);
      expect(exit).toBe(0);
      const again = (await run('import', args)).out;
      expect(again).toContain('people        no change');
      expect(again).toContain('grants        24 as before');
      expect(again).toContain('Role mining: 1 suggestion, 0 of them new.');
    });

    it('import makes the admin of the settings Super Admin, and in the running app leaves mining to it', async () => {
      let woken = 0;
      const wake = () => void woken++;
      const { out } = await run('import', importing(smallCompany()), { wake });
      expect(out).toMatch(/Role mining follows in the running Rolemine/);
      expect(woken).toBeGreaterThan(0);
      const admins = await listSuperAdmins(db);
      expect(admins.map(({ email }) => email)).toEqual(['p1@acme.example']);
    });

    it('an import that would close much is held, unless the operator accepts it', async () => {
      await run('import', importing(smallCompany()));
      const { 'people.csv': people, 'grants.csv': grants } = smallCompany();
      const first = (text: string) => text.split('\n').slice(0, 13).join('\n');
      const less = { 'people.csv': first(people), 'grants.csv': first(grants) };
      const dry = await run('import', importing(less, { dryRun: true }));
      const gone = '12 of 24 people (50 %) and 12 of 24 grants (50 %)';
      expect(dry.err).toContain(`warning: this would remove ${gone}, and be held until a`);
      expect(dry.exit).toBe(0);
      const { exit, err } = await run('import', importing(less));
      expect(err).toContain(`Held: this import would remove ${gone}. A Connector Admin has to`);
      expect(exit).toBe(1);
      const accepted = await run('import', importing(less, { acceptFall: true }));
      expect(accepted.out).toContain('people        12 gone');
      expect(accepted.exit).toBe(0);
    });

    it('mine finds what mine on the same files finds, and in how many runs it was seen', async () => {
      const args = importing(smallCompany());
      await run('import', args);
      const options = { mining: {}, roles: { seconds: 0.1 }, outliers: true };
      const { suggestions, roles, outliers } = JSON.parse(
        (await run('mine', { options, json: true })).out,
      );
      expect(suggestions[0].seenRuns).toBe(1);
      const files = ['people', 'grants'].flatMap((kind) => [
        `--${kind}`,
        `${args.dir}/${kind}.csv`,
      ]);
      const words = ['mine', ...files, '--roles', '--seconds', '0.1', '--outliers', '--json'];
      const offline = JSON.parse((await rolemine(words)).out);
      expect([{ ...suggestions[0], seenRuns: 0 }]).toEqual(offline.suggestions);
      // The store counts people in the order of its ids.
      const sizesOf = (found: { people: string[]; entitlements: unknown[] }[]) =>
        found.map(({ people, entitlements }) => [people.toSorted(), entitlements.length]);
      expect(sizesOf(roles)).toEqual(sizesOf(offline.roles));
      expect(outliers).toEqual(offline.outliers);
    });
  });
});
