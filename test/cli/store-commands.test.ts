import { afterEach, describe, expect, it } from 'vitest';
import type { ImportCsvArgs } from '../../src/cli/import/import-csv.ts';
import { runStoreCommand } from '../../src/cli/store-commands.ts';
import type { StoreDeps } from '../../src/cli/store-deps.ts';
import { surveyInWorker } from '../../src/jobs/surveyor.ts';
import { listSuperAdmins } from '../../src/store/people/roles.ts';
import { databases } from '../support/database.ts';
import { miner } from '../support/miner.ts';
import { useDatabase } from '../support/use-database.ts';
import { createFolder, createRecorder, createSmallCompany, runRolemine } from './command-line.ts';

describe.each(databases())('commands on the store, on $name', ({ open }) => {
  const db = useDatabase(open);

  async function run(command: string, args: object, change: Partial<StoreDeps> = {}) {
    const deps = {
      db,
      timeZone: 'UTC',
      miner,
      survey: surveyInWorker,
      readSlackUsers: undefined,
      adminEmail: 'p1@acme.example',
      ...change,
    };
    const lines = createRecorder();
    const exit = await runStoreCommand(deps, command, args, lines.output);
    return { exit, out: lines.out(), err: lines.err() };
  }

  const importArgs = (files: Record<string, string>, change: Partial<ImportCsvArgs> = {}) => ({
    dir: createFolder(files),
    map: [],
    dryRun: false,
    ...change,
  });

  describe('that stays empty', () => {
    afterEach(async () => {
      expect((await run('check', {})).out).toMatch(/; 0 people$/);
    });

    it('a dry run prints the changes without making them', async () => {
      const { exit, out } = await run('import', importArgs(createSmallCompany(), { dryRun: true }));
      expect(out).toContain('people        24 new');
      expect(out).toMatch(/Dry run: nothing was written\.$/);
      expect(exit).toBe(0);
    });

    it('problems in files are printed line by line, and nothing is imported', async () => {
      const grants = 'person,app,entitlement\nzoe@x.example,A,x';
      const { exit, err } = await run(
        'import',
        importArgs({ ...createSmallCompany(), 'grants.csv': grants }),
      );
      expect(err).toMatch(
        /grants\.csv:2 person "zoe@x\.example".*\n.*100 %.*\nThe imported data has 1 problem; nothing was/,
      );
      expect(exit).toBe(1);
    });

    it('mine names the command to run first', async () => {
      const { exit, err } = await run('mine', { options: { mining: {} }, json: false });
      expect(err).toMatch(/rolemine import csv/);
      expect(exit).toBe(1);
    });

    it('a command of another version is rejected', async () => {
      const { exit, err } = await run('constructor', {});
      expect(err).toMatch(/does not know "constructor"/);
      expect(exit).toBe(1);
    });
  });

  describe('with data', () => {
    it('import prints its changes and mines roles; the same files again change nothing', async () => {
      const args = importArgs(createSmallCompany());
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
      expect(again).toContain('grants        24 unchanged');
      expect(again).toContain('Role mining: 1 suggestion, 0 of them new.');
    });

    it('import makes ADMIN_EMAIL a Super Admin, and leaves mining to the running app', async () => {
      let woken = 0;
      const wake = () => void woken++;
      const { out } = await run('import', importArgs(createSmallCompany()), { wake });
      expect(out).toMatch(/The running Rolemine now mines roles/);
      expect(woken).toBeGreaterThan(0);
      const admins = await listSuperAdmins(db);
      expect(admins.map(({ email }) => email)).toEqual(['p1@acme.example']);
    });

    it('an import that would remove much is held, unless the operator accepts it', async () => {
      await run('import', importArgs(createSmallCompany()));
      const { 'people.csv': people, 'grants.csv': grants } = createSmallCompany();
      const first = (text: string) => text.split('\n').slice(0, 13).join('\n');
      const reduced = { 'people.csv': first(people), 'grants.csv': first(grants) };
      const dry = await run('import', importArgs(reduced, { dryRun: true }));
      const removal = '12 of 24 people (50 %) and 12 of 24 grants (50 %)';
      expect(dry.err).toContain(
        `warning: this import would remove ${removal} and needs confirmation by a`,
      );
      expect(dry.exit).toBe(0);
      const { exit, err } = await run('import', importArgs(reduced));
      expect(err).toContain(`Held: this import would remove ${removal}. A Connector Admin has to`);
      expect(exit).toBe(1);
      const accepted = await run('import', importArgs(reduced, { acceptFall: true }));
      expect(accepted.out).toContain('people        12 removed');
      expect(accepted.exit).toBe(0);
    });

    it('mine finds the same as mine on the same files, and counts earlier runs', async () => {
      const args = importArgs(createSmallCompany());
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
      const offline = JSON.parse((await runRolemine(words)).out);
      expect([{ ...suggestions[0], seenRuns: 0 }]).toEqual(offline.suggestions);
      // The store orders people by id, so only the sizes are comparable.
      const sizesOf = (found: { people: string[]; entitlements: unknown[] }[]) =>
        found.map(({ people, entitlements }) => [people.toSorted(), entitlements.length]);
      expect(sizesOf(roles)).toEqual(sizesOf(offline.roles));
      expect(outliers).toEqual(offline.outliers);
    });
  });
});
