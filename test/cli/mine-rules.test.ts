import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, createSmallCompany, runRolemine } from './command-line.ts';

function mine(rules: string, entitlements?: string, ...words: string[]) {
  const folder = createFolder({
    ...createSmallCompany(),
    'rules.yml': rules,
    ...(entitlements && { 'entitlements.csv': entitlements }),
  });
  const at = (file: string) => join(folder, file);
  const entitlementFlags = entitlements ? ['--entitlements', at('entitlements.csv')] : [];
  const files = ['--people', at('people.csv'), '--grants', at('grants.csv'), ...entitlementFlags];
  return runRolemine(['mine', '--rules', at('rules.yml'), ...files, ...words]);
}

/** Mines the small company with some of its files replaced. */
function mineWith(files: Record<string, string>, rules: string, ...words: string[]) {
  const folder = createFolder({ ...createSmallCompany(), ...files, 'rules.yml': rules });
  const at = (file: string) => join(folder, file);
  const flags = ['--people', at('people.csv'), '--grants', at('grants.csv'), ...words];
  return runRolemine(['mine', '--rules', at('rules.yml'), ...flags]);
}

const exact = 'miningRules:\n  - {ruleType: required, priority: 10}\n';
const both = `${exact}  - name: lenient\n    ruleType: suggested\n    precisionMinPercent: 90\n    falsePositiveMaxPercent: 10\n`;

describe('mining rules on files', () => {
  it('prints the single role rules as JSON, with their figures', async () => {
    const { exit, out, err } = await mine(both, undefined, '--json');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      rules: [
        {
          miningRule: 1,
          app: 'CRM',
          entitlement: 'Read',
          criteria: [{ department: 'Sales' }],
          ruleType: 'required',
          matched: 12,
          truePositives: 12,
          falsePositives: 0,
          falseNegatives: 0,
          precisionPercent: 100,
          falsePositivePercent: 0,
        },
        {
          miningRule: 'lenient',
          app: 'CRM',
          entitlement: 'Reports',
          criteria: [{ department: 'Sales' }],
          ruleType: 'suggested',
          matched: 12,
          truePositives: 11,
          falsePositives: 1,
          falseNegatives: 0,
          precisionPercent: 95.8333,
          falsePositivePercent: 8.3333,
        },
      ],
    });
  });

  it('prints them as text', async () => {
    const { out } = await mine(both);
    expect(out.split('\n')).toEqual([
      '24 people, 3 entitlements, 2 mining rules',
      '2 single role rules for 2 entitlements',
      '',
      'Mining rule 1: required (precision at least 100 %, false positives at most 0 %)',
      '  CRM · Read · covers 12 of 12 holders and 0 others (precision 100 %, false positives 0 %)',
      '    department = Sales: 12 of 12 hold it',
      '',
      'Mining rule lenient: suggested (precision at least 90 %, false positives at most 10 %)',
      '  CRM · Reports · covers 11 of 11 holders and 1 other (precision 95.83 %, false positives 8.33 %)',
      '    department = Sales: 11 of 12 hold it',
    ]);
  });

  it('chooses roles by the approvals and categories of the entitlements file', async () => {
    const catalog = 'app,entitlement,approvals,category\nCRM,Read,2,Sales/CRM\nDesk,Agent,0,Help\n';
    const countRules = async (rule: string) =>
      JSON.parse((await mine(`miningRules: [{${rule}}]`, catalog, '--json')).out).rules.length;
    expect(await countRules('includeDoubleValidation: false')).toBe(0);
    expect(await countRules('includeSimpleValidation: false')).toBe(1);
    expect(await countRules('category: sales')).toBe(1);
    expect(await countRules('category: Help')).toBe(0);
    const { exit, err } = await mine('miningRules: [{category: Hlep}]', catalog);
    expect(err).toBe('There is no category "Hlep". Did you mean Help? There are: Help, Sales/CRM.');
    expect(exit).toBe(1);
  });

  it('accepts only true and false for the statistical guard', async () => {
    // 11 of 12 people in Sales hold Reports (at least 65 %), and nobody else does.
    const withGuard = both.replace(
      'precisionMinPercent: 90',
      'precisionMinPercent: 90\n    statisticalGuard: true',
    );
    expect(JSON.parse((await mine(withGuard, undefined, '--json')).out).rules).toHaveLength(2);
    const wrong = await mine('miningRules: [{statisticalGuard: 95}]');
    expect(wrong.err).toContain('rule 1 statisticalGuard expected true or false');
  });

  it('accepts every property of a mining rule', async () => {
    const rule = `{name: all, entityType: people, policy: Default, rulePolicy: Mining, category: Sales,
      includeNoValidation: true, includeSimpleValidation: false, includeDoubleValidation: true, includeTripleValidation: true,
      excludeRole: false, precisionMinPercent: 90, falsePositiveMaxPercent: 10, criterion: coverage, ruleType: requestedAutomatically,
      priority: -1, minIdentities: 3, maxCriteria: 2, maxNewGrants: 0, statisticalGuard: true, enabled: true}`;
    const catalog = 'app,entitlement,approvals,category\nCRM,Read,2,Sales\nCRM,Reports,1,Sales\n';
    const { err, out } = await mine(`miningRules: [${rule}, {enabled: false}]`, catalog, '--json');
    expect(err).toBe('');
    expect(JSON.parse(out).rules).toMatchObject([
      { miningRule: 'all', entitlement: 'Read', ruleType: 'requestedAutomatically' },
    ]);
  });

  it('reads a fraction as written, with a warning', async () => {
    const rule = '{falsePositiveMaxPercent: 0.03, precisionMinPercent: 97.0}';
    const { exit, err } = await mine(`miningRules: [${rule}]`);
    expect(err).toBe(
      'warning: rules.yml:1:41: falsePositiveMaxPercent 0.03 is read as 0.03 %; if you meant a share, write 3',
    );
    expect(exit).toBe(0);
  });

  it.each([
    [
      '',
      'rules.yml:1:1: expected miningRules: with a list of 1 to 100 mining rules, and no other keys',
    ],
    [
      'miningRules: [{precisionMinPercent: 101}]',
      '1:37: rule 1 precisionMinPercent expected a perc',
    ],
    ['miningRules: [{precisionMinPercent: "97"}]', 'expected a percentage from 0 to 100'],
    ['miningRules: [{ruleType: 2}]', 'expected required, requestedAutomatically or suggested'],
    ['miningRules: [{maxCriteria: 4}]', 'expected a whole number from 1 to 3'],
    ['miningRules: [{precisionMin: 97}]', 'rule 1 precisionMin is unknown (did you mean'],
    ['miningRules: [{priority: 1, priority: 2}]', 'Map keys must be unique'],
    ['miningRules: [*none]', 'aliases (*name) repeat too often or have no anchor'],
    [`miningRules: ${'['.repeat(100_000)}`, '1:1: this is nested too deeply'],
  ])('reports the problem in %.40s', async (rules, sentence) => {
    const { exit, out, err } = await mine(rules);
    expect(err).toContain(sentence);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
  });

  it.each([
    [
      'nobody',
      { 'people.csv': 'email,department\n' },
      exact,
      'the people file has no active people.',
    ],
    [
      'nobody active',
      { 'people.csv': 'email,department,active\np1@acme.example,Sales,no\n' },
      exact,
      'the people file has no active people.',
    ],
    [
      'no grants',
      { 'grants.csv': 'person,app,entitlement\n' },
      exact,
      'active people have no grants.',
    ],
    [
      'no attributes',
      { 'people.csv': 'email\np1@acme.example\np2@acme.example\n' },
      exact,
      'people have no attributes to use as criteria.',
    ],
    [
      'too few people',
      { 'people.csv': 'email,department\np1@acme.example,Sales\n' },
      exact,
      'a rule must match at least 5 people (minIdentities), but only 1 person is active.',
    ],
    [
      'no rule enabled',
      {},
      'miningRules: [{enabled: false}]',
      'no mining rule of the file is enabled',
    ],
    [
      'all excluded first',
      {},
      'miningRules: [{priority: 1}, {excludeRole: true, priority: 2}]',
      'the mining rules exclude every entitlement, by excludeRole, category or approvals.',
    ],
    [
      'none of these approvals',
      {},
      'miningRules: [{includeSimpleValidation: false}]',
      'the mining rules exclude every entitlement',
    ],
  ])('with %s the reason for no rules is one sentence', async (_, files, rules, sentence) => {
    const { exit, out } = await mineWith(files, rules);
    expect(out.split('\n')[1]).toContain(`No rules: ${sentence}`);
    expect([exit, out.split('\n').length]).toEqual([0, 2]);
    const json = await mineWith(files, rules, '--json');
    expect(JSON.parse(json.out)).toEqual({ rules: [] });
    expect(json.err).toContain(out.split('\n')[1]);
  });

  it('handles an attribute with 50,000 values without creating rules on it', async () => {
    const people = ['email,department,badge'];
    const grants = ['person,app,entitlement'];
    for (let at = 0; at < 50_000; at++) {
      people.push(`p${at}@acme.example,Team ${at % 50},Badge ${at}`);
      if (at % 50 < 20) grants.push(`p${at}@acme.example,CRM,Right ${at % 50}`);
    }
    const files = { 'people.csv': people.join('\n'), 'grants.csv': grants.join('\n') };
    const { out } = await mineWith(files, exact, '--json');
    const { rules }: { rules: { criteria: unknown }[] } = JSON.parse(out);
    expect(rules).toHaveLength(20);
    expect(rules[0]?.criteria).toEqual([{ department: 'Team 0' }]);
  });

  it('rejects missing and conflicting options', async () => {
    const alone = await runRolemine(['mine', '--rules', 'rules.yml', '--grants', 'grants.csv']);
    expect(alone.err).toContain('--rules needs --people <file> and --grants <file>');
    const mixed = await mine(exact, undefined, '--roles');
    expect(mixed.err).toContain("option '--rules <file>' cannot be used with option '--roles'");
    expect([alone.exit, mixed.exit]).toEqual([2, 2]);
  });
});
