import type { DigestView } from '../../governance/messages/digest.ts';
import type { PersonalMessage } from '../../governance/messages/messages.ts';
import {
  describeEmergency,
  describeOutcome,
  describeRequest,
} from '../../governance/task-cards/outcome-card.ts';
import {
  describeStep,
  reassignedBy,
  type TaskCard,
} from '../../governance/task-cards/step-card.ts';
import type { TaskView } from '../../governance/task-cards/task-view.ts';
import { cast } from './people.ts';
import { runView } from './run.ts';
import { simulationCard } from './simulation.ts';
import { approval, assigned, day, viewOf, views } from './tasks.ts';

type Message = PersonalMessage['message'];
type Person = PersonalMessage['person'];

/** A mail of every kind, with made-up people and access. */
export interface Sample {
  /** What the file is called, without its ending. */
  name: string;
  /** What it shows, for the list of them. */
  about: string;
  personalMessage: PersonalMessage;
}

/** Every kind of mail there is, in the order of a request's life. */
export function listSamples(): Sample[] {
  return [...aboutTasks(), ...aboutSeveral(), ...news()];
}

function aboutTasks(): Sample[] {
  const { ana, bo, kim, lee, dana } = cast;
  const high = viewOf(views.asked.steps, {}, entitlementOf('high'));
  const moved = assigned(approval, lee, {
    why: `${reassignedBy}Bo Chen: "Lee runs the rotation."`,
  });
  const acting = assigned(approval, lee, { why: "Ana Ruiz's manager", delegateOf: bo.name });
  const late = assigned(
    {
      ...approval,
      note: 'Nobody decided for 3 days, so Dana Scott (the manager of Bo Chen) is asked, too.',
    },
    dana,
    { why: 'the manager of Bo Chen, since nobody decided for 3 days' },
  );
  return [
    step('request', 'A request to approve', bo, views.asked),
    step('request-high-risk', 'A request that is decided in Slack only', bo, high),
    step('reassigned', 'A request that somebody passed on', lee, viewOf([moved])),
    step('delegated', 'A request that a delegate decides', lee, viewOf([acting])),
    step('escalation', 'A request that nobody decided', dana, viewOf([late])),
    step('provisioning', 'Access to provision', kim, views.approved),
    step('emergency-provisioning', 'Access to provision at once', kim, views.emergency),
    step('revocation', 'A revocation to confirm', bo, views.revocation),
    step('deprovisioning', 'Access to take away', kim, views.confirmed),
    task('asked', 'What became of the reader’s wish so far', ana, (id) =>
      describeRequest(views.asked, id),
    ),
    task('emergency', 'What an emergency went past', bo, () => describeEmergency(views.emergency)),
    outcome('denied', 'Denied', views.denied),
    outcome('provisioned', 'Provisioned', views.provisioned),
    outcome('not-provisioned', 'Won’t be provisioned', views.notProvisioned),
    outcome('expired', 'Taken away at its end', views.expired),
    sample('comment', 'A comment', bo, {
      kind: 'comment',
      comment: {
        taskId: 1042,
        about: 'GitHub · Admin for Ana Ruiz',
        authorId: ana.id,
        author: ana.name,
        body: 'The rotation is four weeks.\nI can give it back on 21 December.',
        inDigest: false,
        thread: undefined,
      },
    }),
  ];
}

function aboutSeveral(): Sample[] {
  const titles = ['GitHub · Admin', 'Jira · Project lead', 'AWS · Production'].map((what, at) => ({
    taskId: 1042 + at,
    stepId: 1 + at,
    words: `Request: ${what} for ${at === 1 ? 'Kim Lee' : 'Ana Ruiz'}`,
  }));
  const digest = (change: Partial<DigestView>): Message => ({
    kind: 'digest',
    digest: {
      title: '3 tasks wait for you',
      opening: '',
      detail: '3 requests',
      askedBy: undefined,
      since: undefined,
      cards: [],
      titles,
      more: 0,
      waiting: 3,
      tab: 'approval',
      done: undefined,
      summary: '3 tasks wait for you: 3 requests.',
      thread: undefined,
      ...change,
    },
  });
  const reminder = {
    title: 'Reminder: 3 tasks wait for you',
    opening: 'Reminder: ',
    askedBy: cast.ana.name,
    since: day(19),
  };
  const one = {
    ...reminder,
    title: 'Reminder: 1 task waits for you',
    opening: 'Reminder: ',
    detail: '1 request',
    cards: [describeStep(views.asked, approval.id, cast.bo.id)],
    titles: titles.slice(0, 1),
    waiting: 1,
  };
  const long = Array.from({ length: 34 }, (_, at) => ({
    taskId: 1042 + at,
    stepId: 1 + at,
    words: `Request: SAP · Ledger ${at + 1} for Ana Ruiz`,
  }));
  const many = {
    title: '34 tasks wait for you',
    detail: '34 requests',
    titles: long,
    waiting: 34,
  };
  return [
    sample('reminder-one', 'A reminder of one task', cast.bo, digest(one)),
    sample('reminder', 'A reminder of what waits', cast.bo, digest(reminder)),
    sample('digest', 'Several tasks within minutes', cast.bo, digest({})),
    sample('digest-long', 'More tasks than a mail names', cast.bo, digest(many)),
  ];
}

function news(): Sample[] {
  const { ana, bo, dana, lee } = cast;
  return [
    sample('expiring', 'Access that ends soon', ana, {
      kind: 'expiring',
      expiry: {
        entitlementId: 1,
        title: 'Your access to GitHub · Admin ends on 24 Nov 2026',
        note: 'Extend it if you need it for longer; it is approved as a request is.',
        canExtend: true,
        endsAt: day(24),
      },
    }),
    sample('held-grants', 'A role rule would take access from many at once', dana, {
      kind: 'held_grants',
      held: {
        ruleId: 1,
        title: 'A role rule would take GitHub · Admin from 12 people at once',
        lines: [
          'The rule: department = Engineering → GitHub · Admin.',
          `They meet it no more: ${ana.name}, ${bo.name} and 10 more.`,
          'So many lose access only with a yes: nothing was taken away.',
        ],
        summary: 'A role rule would take GitHub · Admin from 12 people at once.',
        waiting: 12,
      },
    }),
    sample('suggestions', 'Role mining found something', dana, { kind: 'run', run: runView() }),
    sample('mining-failed', 'Role mining failed', dana, {
      kind: 'run',
      run: runView({ state: 'failed', error: 'The worker ran out of memory' }),
    }),
    sample('simulation', 'What mining rules would change', dana, {
      kind: 'simulation',
      simulation: simulationCard(),
    }),
    sample('simulation-failed', 'A simulation of mining rules failed', dana, {
      kind: 'simulation',
      simulation: simulationCard({
        ...{ state: 'failed', figures: undefined, rules: [] },
        ended: {
          text: 'It failed: the mining worker ran out of memory. The rules there are stay',
          at: day(21),
        },
      }),
    }),
    notice(
      'delegation',
      'A delegation',
      lee,
      `${bo.name} made you their delegate until 30 Nov 2026`,
      [
        'Their new tasks come to you; each says whose it is.',
        `Tasks that wait already stay with ${bo.name}.`,
      ],
    ),
    notice('roles', 'Roles of the reader', bo, 'You are now Application Admin of Rolemine', [
      'Changed by Dana Scott. Write "help" to Rolemine in Slack to see what you can do.',
    ]),
    notice(
      'address',
      'An address that changed in Slack',
      dana,
      "Ana Ruiz's address in Slack is now ana.ruiz-chen@example.com",
      [
        'The link to ana.ruiz@example.com stays. If this is somebody else, unlink them: type "/rolemine people".',
      ],
    ),
    notice(
      'profile',
      'A membership that ended',
      ana,
      'You are no longer a member of the access profile "On call"',
      [
        'It was until 21 Nov 2026.',
        'What you hold with it may be taken away; you are told of each decision.',
      ],
    ),
    notice(
      'held-removals',
      'Removals that wait for a yes',
      dana,
      'The rule of "Engineering" would remove 31 members at once',
      [
        'So many leave only with a yes: nobody was removed.',
        'Open "Engineering" in /rolemine profiles and choose Apply removals or Keep them.',
      ],
    ),
    sample('held-import', 'An import that waits for a yes', dana, {
      kind: 'held_import',
      held: {
        holdId: 1,
        title: 'An import of csv is held',
        lines: [
          'It would remove 120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %).',
          'So much goes only with a yes: nothing was changed.',
          'If it is right, let it through and have the import run again within 7 days.',
        ],
        summary: 'An import of csv is held.',
        isOpen: true,
      },
    }),
    notice('failed-sync', 'A sync that failed', dana, 'The sync of csv failed', [
      'There are 3 problems in what was to be imported; nothing was changed.',
      'What it brought before stays as it is until one succeeds.',
    ]),
  ];
}

function step(name: string, about: string, reader: Person, view: TaskView): Sample {
  return task(name, about, reader, (id) => describeStep(view, view.active?.id ?? 0, id));
}

function outcome(name: string, about: string, view: TaskView): Sample {
  return task(name, about, cast.ana, (id) => describeOutcome(view, id));
}

function task(
  name: string,
  about: string,
  reader: Person,
  describe: (readerId: number) => TaskCard,
): Sample {
  return sample(name, about, reader, { kind: 'task', card: describe(reader.id) });
}

function notice(
  name: string,
  about: string,
  reader: Person,
  title: string,
  lines: string[],
): Sample {
  const summary = [`${title}.`, ...lines].join(' ');
  return sample(name, about, reader, { kind: 'notice', notice: { title, lines, summary } });
}

function sample(name: string, about: string, person: Person, message: Message): Sample {
  return {
    name,
    about,
    personalMessage: {
      key: { recipientId: person.id, kind: 'step', subjectId: 1042 },
      person,
      identity: undefined,
      message,
      isNews: true,
      isRetry: false,
      urgent: false,
    },
  };
}

function entitlementOf(risk: 'high'): Partial<TaskView> {
  return { entitlement: { ...views.asked.entitlement, risk } };
}
