import { samplePeople } from './people.ts';
import { buildRunView } from './run.ts';
import { buildNoticeSample, buildSample, type SampleMail } from './sample-mail.ts';
import { buildSimulationCard } from './simulation.ts';
import { novemberDay } from './tasks.ts';

/** Lists the mails to Super Admins about role mining, mining rules, removals and imports. */
export function listAdminSamples(): SampleMail[] {
  return [...listMiningSamples(), ...listConfirmationSamples()];
}

function listMiningSamples(): SampleMail[] {
  const { dana } = samplePeople;
  const failure = { state: 'failed', error: 'The worker ran out of memory' } as const;
  return [
    buildSample('suggestions', 'New suggestions of role mining', dana, {
      kind: 'run',
      run: buildRunView(),
    }),
    buildSample('mining-failed', 'Role mining that failed', dana, {
      kind: 'run',
      run: buildRunView(failure),
    }),
    buildSample('simulation', 'Simulation of mining rules', dana, {
      kind: 'simulation',
      simulation: buildSimulationCard(),
    }),
    buildSample('simulation-failed', 'Simulation that failed', dana, {
      kind: 'simulation',
      simulation: buildSimulationCard({
        ...{ state: 'failed', figures: undefined, rules: [] },
        ended: {
          text: 'It failed: the mining worker ran out of memory. Existing rules are unchanged',
          at: novemberDay(21),
        },
      }),
    }),
  ];
}

function listConfirmationSamples(): SampleMail[] {
  const { ana, bo, dana } = samplePeople;
  const confirmation = 'Removals this large need confirmation; nothing was changed.';
  return [
    buildSample('held-grants', 'Large removal of access by a role rule', dana, {
      kind: 'held_grants',
      held: {
        ruleId: 1,
        title: 'A role rule would revoke GitHub · Admin from 12 people at once',
        lines: [
          'The rule is department = Engineering → GitHub · Admin.',
          `It no longer matches ${ana.name}, ${bo.name} and 10 more.`,
          confirmation,
        ],
        summary: 'A role rule would revoke GitHub · Admin from 12 people at once.',
        pending: 12,
      },
    }),
    buildNoticeSample('held-removals', 'Large removal of members by a profile rule', dana, [
      'The rule of "Engineering" would remove 31 members at once',
      confirmation,
      'Open "Engineering" in /rolemine profiles and choose Apply removals or Keep them.',
    ]),
    buildSample('held-import', 'Import that needs confirmation', dana, {
      kind: 'held_import',
      held: {
        holdId: 1,
        title: 'The import of csv needs confirmation',
        lines: [
          'It would remove 120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %).',
          confirmation,
          'If the import is right, let it through and run it again within 7 days.',
        ],
        changes: ['GitHub · Admin: approvals 2 → 0'],
        summary: 'The import of csv needs confirmation.',
        isOpen: true,
      },
    }),
    buildNoticeSample('import-changes', 'Import that changed owners or risk', dana, [
      'An import of csv changed who controls access',
      'GitHub: owners Kim (kim@acme.example) → Lee (lee@acme.example)',
      '3 people have another manager.',
      'If this is wrong, notify your administrators. The operating system user mika ran it.',
    ]),
    buildNoticeSample('failed-sync', 'Sync that failed', dana, [
      'The sync of csv failed',
      'The imported data has 3 problems; nothing was changed.',
      'Data of earlier syncs stays until a sync succeeds.',
    ]),
  ];
}
