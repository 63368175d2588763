import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCommand } from '../../src/jobs/command-socket.ts';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { card } from '../support/acme.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const sizes = { Finance: 40, Engineering: 40, Sales: 40, Support: 40, Legal: 40, Audit: 9 };
const departments = Object.keys(sizes) as (keyof typeof sizes)[];
const address = (department: string, at: number) => `${department.toLowerCase()}${at}@acme.example`;
/** The holders of entitlements: their number in one department, and in each of the others. */
const held = [
  ['Vault,Secrets', 'Finance', 40, 1],
  ['Vault,Keys', 'Engineering', 40, 2],
  ['CRM,Read', 'Sales', 40, 0],
  ['Wiki,Edit', 'Support', 39, 0],
  ['Vault,Root', 'Legal', 34, 0],
  ['Ledger,Read', 'Audit', 7, 0],
] as const;
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** Dana, Kim, and the people of six departments. One has a name that is a formula in a spreadsheet. */
const files = new Map([
  [
    'people.csv',
    [
      'email,name,department',
      'dana@acme.example,Dana,Security',
      'kim@acme.example,Kim,IT',
      ...departments.flatMap((department) =>
        numbers(sizes[department]).map((at) => {
          const name = department === 'Audit' && at === 9 ? '=1+1' : `${department} ${at}`;
          return `${address(department, at)},${name},${department}`;
        }),
      ),
    ].join('\n'),
  ],
  ['applications.csv', 'app,owner_email\nLedger,kim@acme.example'],
  [
    'entitlements.csv',
    [
      'app,entitlement,approvals,category',
      'Vault,Secrets,2,',
      'Vault,Keys,3,',
      'Vault,Root,3,',
      'CRM,Read,1,',
      'Wiki,Edit,0,',
      'Ledger,Read,2,Money',
    ].join('\n'),
  ],
  [
    'grants.csv',
    [
      'person,app,entitlement',
      ...held.flatMap(([entitlement, home, here, elsewhere]) =>
        departments.flatMap((department) =>
          numbers(department === home ? here : elsewhere).map(
            (at) => `${address(department, at)},${entitlement}`,
          ),
        ),
      ),
    ].join('\n'),
  ],
]);

describe('simulating and applying mining rules in Slack', () => {
  let rolemine: RunningRolemine;
  let dana: SandboxActor;
  const wait = 20_000;

  beforeAll(async () => {
    const users = ['dana', 'kim'].map((name) => ({
      name,
      realName: name.charAt(0).toUpperCase() + name.slice(1),
      email: `${name}@acme.example`,
    }));
    rolemine = await startRolemine({ users, adminEmail: 'dana@acme.example' });
    const { exit, lines } = await rolemine.importCsv(files);
    if (exit !== 0) throw new Error(lines.join('\n'));
    dana = rolemine.slack.as('dana');
  }, 60_000);
  afterAll(() => rolemine.close());

  const importRules = async (text: string, format: 'xml' | 'yaml') => {
    const lines: string[] = [];
    const output = {
      out: (line: string) => lines.push(line),
      err: (line: string) => lines.push(line),
    };
    const args = { file: 'rules', text, format, dryRun: false };
    expect(await callCommand(rolemine.dataDir, { command: 'import-rules', args, output })).toBe(0);
  };
  const says = (words: string) =>
    dana.waitFor((who) => (who.modal()?.words.includes(words) ? who.modal() : undefined), wait);
  const openActionId = (policy: string) => {
    const row = JSON.stringify(dana.modal()?.blocks).split(`Open ${policy}`)[0] ?? '';
    return row.match(/rule_policy:open\.\d+|rulePolicy:open\.\d+/g)?.at(-1) ?? '';
  };
  /** Opens a rule policy and presses Simulate. */
  const simulate = async (policy: string) => {
    await dana.closeModal({ all: true });
    await dana.command('/rolemine', 'rules');
    await says('Mining rules turn existing grants');
    await dana.click({ actionId: openActionId(policy) });
    await says('Simulate');
    await dana.click({ text: 'Simulate', in: 'modal' });
    await says('has started');
    await dana.closeModal({ all: true });
    return card(dana, `Simulation of rule policy ${policy}`);
  };
  const details = async (ts: string, tab: string) => {
    await dana.click({ text: 'Details', messageTs: ts });
    await says('Held back');
    if (!tab.startsWith('Added')) await dana.click({ text: tab, in: 'modal' });
    return says(tab);
  };

  it('the three rules of the reference make strict rules first, then others, then suggested ones', async () => {
    await importRules(readFileSync('test/cli/mining-rules.xml', 'utf8'), 'xml');
    const { ts, words, buttons, text } = await simulate('Mining');
    expect(text).toContain('Simulation of rule policy Mining: 5 rules added, 0 removed, 0 kept.');
    expect(buttons).toEqual(['Apply', 'Cancel', 'Details', 'Download CSV']);
    expect(words).toContain('5 added');
    expect(words).toContain('Nobody would gain access without asking.');
    for (const line of [
      // Two approvals, no false positives, all but four holders: the strict rule for sensitive roles.
      '*Vault · Secrets* — department = Finance: 40 of 40 hold it · Required',
      // Three approvals, but eight other holders: the rule for all roles.
      '*Vault · Keys* — department = Engineering: 40 of 40 hold it · Required',
      '*CRM · Read* — department = Sales: 40 of 40 hold it · Required',
      // One and six false positives of forty: only suggested.
      '*Wiki · Edit* — department = Support: 39 of 40 hold it · Suggested',
      '*Vault · Root* — department = Legal: 34 of 40 hold it · Suggested',
    ]) {
      expect(words).toContain(line);
    }
    await details(ts, 'Added 5');
    expect(dana.modal()?.buttons).toContain('Next page');
    await dana.click({ text: 'Next page', in: 'modal' });
    await says('Vault · Root');
    expect(dana.modal()?.words).toContain(
      '*Match without holding it: 6* — Legal 35, Legal 36, Legal 37',
    );
    await dana.closeModal({ all: true });
    await dana.click({ text: 'Apply', messageTs: ts });
    await says('Applied: 5 mined rules are in force in *Mining* (5 new, 0 unchanged). 0 ended.');
    await dana.closeModal({ all: true });
    const record = await card(dana, 'Applied by Dana');
    expect([record.ts, record.buttons]).toEqual([ts, []]);
  });

  it('the download has all results, and no cell is a formula', async () => {
    await importRules(
      'miningRules:\n  - {rulePolicy: Wide, policy: Wide, category: Money, precisionMinPercent: 90, falsePositiveMaxPercent: 30}',
      'yaml',
    );
    const { ts, words } = await simulate('Wide');
    expect(words).toContain('2 people would gain access without asking: 2 grants.');
    await dana.click({ text: 'Download CSV', messageTs: ts });
    const message = await dana.waitFor((who) => who.messages().find((one) => one.file), wait);
    expect(message.text).toBe('Simulation of rule policy Wide');
    const { name, url_private } = message.file ?? {};
    expect(name).toMatch(/^simulation-Wide-\d+\.csv$/);
    const csv = await (await fetch(String(url_private))).text();
    const rows = csv.split('\r\n');
    expect(rows).toContain(
      'rule,added,Ledger · Read,department = Audit,Required,9,7,2,0,99.0521,22.2222',
    );
    const person = "Audit,Required,,,,,,,'=1+1,audit9@acme.example";
    expect(rows).toContain(`false positive,added,Ledger · Read,department = ${person}`);
    expect(rows.filter((row) => row.startsWith('true positive,'))).toHaveLength(7);
    expect(rows.filter((row) => row.startsWith('gains,'))).toHaveLength(2);
  });

  it('after a sync a simulation must be refreshed; applying it opens tasks', async () => {
    const stale = await card(dana, 'Simulation of rule policy Wide');
    await rolemine.importCsv(files);
    await dana.waitFor(
      (who) => who.messages().some((one) => one.ts === stale.ts && one.buttons.includes('Refresh')),
      wait,
    );
    await dana.click({ text: 'Refresh', messageTs: stale.ts });
    const fresh = await dana.waitFor(
      (who) => who.messages().find((one) => one.ts > stale.ts && one.buttons.includes('Apply')),
      wait,
    );
    expect((await card(dana, 'Refreshed by Dana; a new one replaces it')).ts).toBe(stale.ts);
    await dana.click({ text: 'Apply', messageTs: fresh.ts });
    await says('2 tasks were sent to provisioners.');
    const task = await card(rolemine.slack.as('kim'), 'Provision Ledger · Read for =1+1');
    expect(task.buttons).toContain('Provisioned');
  });

  it('a simulation in a modal is applied, refreshed and canceled in that modal', async () => {
    await simulate('Wide');
    const openReport = async () => {
      await dana.closeModal({ all: true });
      await dana.command('/rolemine', 'rules');
      await says('Mining rules turn existing grants');
      await dana.click({ actionId: openActionId('Wide') });
      await says('See simulation');
      await dana.click({ text: 'See simulation', in: 'modal' });
      await says('Held back');
    };
    await openReport();
    await rolemine.importCsv(files);
    await dana.click({ text: 'Apply', in: 'modal' });
    await says('A sync ran after this simulation; refresh it.');
    await dana.click({ text: 'Refresh', in: 'modal' });
    await says('was restarted');
    await card(dana, 'Simulation of rule policy Wide: 0 rules added, 0 removed, 1 kept');
    await openReport();
    await dana.click({ text: 'Cancel', in: 'modal' });
    await says('is canceled. Existing rules are unchanged.');
    await dana.closeModal();
    expect(dana.modal()?.words).toContain('Mining rules turn existing grants');
    await simulate('Wide');
    await openReport();
    await dana.click({ text: 'Apply', in: 'modal' });
    await says('Applied: 1 mined rule is in force in *Wide* (0 new, 1 unchanged). 0 ended.');
    await dana.closeModal({ all: true });
  });

  it('Slack refused no call', () => {
    const refused = rolemine.slack.calls.filter((call) => call.answer.ok === false);
    const expected = refused.filter((call) => call.method !== 'users.lookupByEmail');
    expect(expected.map((call) => `${call.method}: ${JSON.stringify(call.answer)}`)).toEqual([]);
  });
});
