import type { DigestView } from '../../governance/messages/digest.ts';
import { describeStep } from '../../governance/task-cards/step-card.ts';
import { samplePeople } from './people.ts';
import { buildSample, type SampleMail, type SampleMessage } from './sample-mail.ts';
import { approval, novemberDay, taskViews } from './tasks.ts';

const titles: DigestView['titles'] = [
  'GitHub · Admin',
  'Jira · Project lead',
  'AWS · Production',
].map((entitlement, at) => ({
  taskId: 1042 + at,
  stepId: 1 + at,
  words: `Request: ${entitlement} for ${at === 1 ? 'Kim Lee' : 'Ana Ruiz'}`,
}));

const manyTitles: DigestView['titles'] = Array.from({ length: 34 }, (_, at) => ({
  taskId: 1042 + at,
  stepId: 1 + at,
  words: `Request: SAP · Ledger ${at + 1} for Ana Ruiz`,
}));

/** Lists the mails about several tasks, and the reminder of one. */
export function listDigestSamples(): SampleMail[] {
  const { ana, bo } = samplePeople;
  const reminder = {
    title: 'Reminder: You have 3 open tasks',
    opening: 'Reminder: ',
    askedBy: ana.name,
    since: novemberDay(19),
  };
  const reminderOfOne = {
    ...reminder,
    title: 'Reminder: You have 1 open task',
    detail: '1 request',
    cards: [describeStep(taskViews.asked, approval.id, bo.id)],
    titles: titles.slice(0, 1),
    waiting: 1,
  };
  const many = {
    title: 'You have 34 open tasks',
    detail: '34 requests',
    titles: manyTitles,
    waiting: 34,
  };
  return [
    buildSample('reminder-one', 'Reminder of one task', bo, buildDigest(reminderOfOne)),
    buildSample('reminder', 'Reminder of open tasks', bo, buildDigest(reminder)),
    buildSample('digest', 'Several tasks within minutes', bo, buildDigest({})),
    buildSample('digest-long', 'More tasks than a mail lists', bo, buildDigest(many)),
  ];
}

function buildDigest(change: Partial<DigestView>): SampleMessage {
  return {
    kind: 'digest',
    digest: {
      title: 'You have 3 open tasks',
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
      summary: 'You have 3 open tasks: 3 requests.',
      only: undefined,
      thread: undefined,
      ...change,
    },
  };
}
