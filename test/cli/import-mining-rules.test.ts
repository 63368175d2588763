import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asc } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { runStoreCommand } from '../../src/cli/store-commands.ts';
import { readMiningRules } from '../../src/governance/mining-rules/rules-file.ts';
import { serveCommands } from '../../src/jobs/command-socket.ts';
import { surveyInWorker } from '../../src/jobs/surveyor.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { listMiningRules } from '../../src/store/rules/mining-rules.ts';
import { insertRulePolicy, listRulePolicyNames } from '../../src/store/rules/rule-policies.ts';
import { auditLog } from '../../src/store/schema/messages.ts';
import { databases } from '../support/database.ts';
import { miner } from '../support/miner.ts';
import { makeSmallCompany, noon } from '../support/small-company.ts';
import { commits, useDatabase } from '../support/use-database.ts';
import { createFolder, createRecorder, runRolemine } from './command-line.ts';

const sample = readFileSync(new URL('mining-rules.xml', import.meta.url), 'utf8');

describe.each(databases())('importing mining rules, on $name', ({ open }) => {
  const db = useDatabase(open);

  async function run(text: string, format: 'xml' | 'yaml' = 'xml', dryRun = false) {
    const lines = createRecorder();
    const deps = {
      db,
      timeZone: 'UTC',
      miner,
      survey: surveyInWorker,
      readSlackUsers: undefined,
      adminEmail: undefined,
    };
    const args = { file: `rules.${format}`, text, format, dryRun };
    const exit = await runStoreCommand(deps, 'import-rules', args, lines.output);
    return { exit, out: lines.out().split('\n'), err: lines.err() };
  }

  const rules = () => listMiningRules(db);
  const audits = () => db.select().from(auditLog).orderBy(asc(auditLog.id));

  it('adds the rules of the sample in its order and the rule policies they name, with audit rows', async () => {
    const { exit, out, err } = await run(sample);
    expect(out).toEqual([
      'new rule policy Default',
      'new rule policy Mining',
      'new mining rule Required: precision at least 97 %, at most 0.03 % false positives · entitlements with 2 or 3 approvals · priority 10 · rules go to Mining',
      'new mining rule Required: precision at least 95 %, at most 0.05 % false positives · priority 1 · rules go to Mining',
      'new mining rule Suggested: precision at least 80 %, at most 20 % false positives · priority 1 · rules go to Mining',
      '3 mining rules added, 2 rule policies created.',
    ]);
    expect(err).toMatch(/^warning: rules\.xml:1:138: FalsePositiveMaxPercentage 0\.03 is read as/);
    expect(exit).toBe(0);
    const stored = (await rules()).map(({ policy, rulePolicy, entityType, ...rule }) => ({
      names: [entityType, policy, rulePolicy],
      is: [rule.priority, rule.precisionMinPercent, rule.falsePositiveMaxPercent, rule.ruleType],
      sensitive: !rule.includeNoValidation && !rule.includeSimpleValidation,
    }));
    const names = ['Directory_User', 'Default', 'Mining'];
    expect(stored).toEqual([
      { names, is: [10, 97, 0.03, 'required'], sensitive: true },
      { names, is: [1, 95, 0.05, 'required'], sensitive: false },
      { names, is: [1, 80, 20, 'suggested'], sensitive: false },
    ]);
    const entries = (await audits()).map(({ verb, via, actorId }) => ({ verb, via, actorId }));
    const by = { via: 'cli', actorId: null };
    expect(entries.filter(({ verb }) => verb === 'rule-policy.create')).toHaveLength(2);
    expect(entries.filter(({ verb }) => verb === 'mining-rule.create')).toHaveLength(3);
    expect(entries).toHaveLength(5);
    expect(entries[0]).toMatchObject(by);
  });

  it('adds nothing the second time, also as YAML or if a rule was switched off', async () => {
    await run(sample);
    const before = (await audits()).length;
    const again = await run(sample.replaceAll('"Mining"', '"MINING"'));
    expect(again.out.filter((line) => line.startsWith('already exists: '))).toHaveLength(3);
    expect(again.out.at(-1)).toBe('Nothing to add.');
    const { rule } = readMiningRules(sample, 'xml').entries[2]!;
    const yaml = `miningRules: [${JSON.stringify({ ...rule, enabled: false })}]`;
    expect((await run(yaml, 'yaml')).out).toEqual([
      expect.stringMatching(/^already exists: Suggested: precision at least 80 %/),
      'Nothing to add.',
    ]);
    expect(await rules()).toHaveLength(3);
    expect(await audits()).toHaveLength(before);
  });

  it('a dry run prints the same and writes nothing', async () => {
    const { exit, out } = await run(sample, 'xml', true);
    expect(out).toHaveLength(6);
    expect(out.at(-1)).toMatch(/^Dry run: nothing was written\.$/);
    expect(exit).toBe(0);
    expect([await rules(), await listRulePolicyNames(db), await audits()]).toEqual([[], [], []]);
  });

  it('creates no rule policy with a name similar to an existing one, and reports every problem', async () => {
    await makeSmallCompany(db);
    await insertRulePolicy(db, { name: 'Mining', createdAt: noon });
    const text = `<MiningRule EntityType="a" Policy="Minning" Category="Nothing"/>
      <MiningRule EntityType="a" Policy="Quite another one" RulePolicy="MINING"/>`;
    const { exit, err } = await run(text);
    expect(err.split('\n')).toEqual([
      'rules.xml:1:28: rule 1 names the rule policy Minning, which does not exist: did you mean Mining? If not, create it first',
      expect.stringMatching(/^rules\.xml:1:45: rule 1 There is no category "Nothing"\./),
      '2 problems in rules.xml; nothing was imported.',
    ]);
    expect(exit).toBe(1);
    expect(await listRulePolicyNames(db)).toEqual(['Mining']);
    const none = await run('miningRules: [{ ruleType: suggested }]', 'yaml');
    expect(none.err).toContain('rules.yaml:1:15: rule 1 has no policy');
    const long = await run(`<MiningRule EntityType="a" Policy="${'x'.repeat(61)}"/>`);
    expect(long.err).toContain('1:28: rule 1 expected at most 60 characters in the name');
    expect(await rules()).toEqual([]);
  });

  it('two imports of a file at the same time add its rules once', commits, async () => {
    await Promise.all([run(sample), run(sample)]);
    expect(await rules()).toHaveLength(3);
  });
});

it('the command reads the file itself and sends its text to the running app', async () => {
  const folder = createFolder({ 'Rules.XML': sample });
  const unlock = lockFolder(folder);
  const seen: unknown[] = [];
  const stop = await serveCommands(folder, async (command, args) => {
    seen.push({ command, args });
    return 0;
  });
  const words = ['import', 'mining-rules', join(folder, 'Rules.XML'), '--dry-run'];
  const { exit } = await runRolemine(words, { DATA_DIR: folder });
  await stop();
  unlock();
  const args = { file: 'Rules.XML', text: sample, format: 'xml', dryRun: true };
  expect(seen).toMatchObject([{ command: 'import-rules', args }]);
  expect(exit).toBe(0);
  const missing = await runRolemine(['import', 'mining-rules', join(folder, 'rules.yml')]);
  expect(missing.err).toContain('rules.yml cannot be read: no such file');
});
