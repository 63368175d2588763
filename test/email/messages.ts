import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import type { TaskCard } from '../../src/governance/task-cards/step-card.ts';

/** Builds the card of an approval as its approver sees it. */
export function buildApprovalCard(change: Partial<TaskCard> = {}): TaskCard {
  return {
    taskId: 1042,
    kind: 'Request',
    marks: [],
    actsFor: undefined,
    next: undefined,
    title: 'Ana Ruiz asks for GitHub · Admin',
    number: '#1042 · step 1 of 2',
    quote: 'On-call rotation starts Monday.',
    facts: [['For', 'Ana Ruiz, Engineer, Engineering']],
    howTo: undefined,
    notes: ["You are asked as Ana Ruiz's manager. Next: provisioning by Kim Lee."],
    records: [],
    choice: {
      stepId: 3,
      version: 1,
      yes: 'Approve',
      no: 'Deny',
      reassignable: true,
      isDestructive: false,
      hasOptions: true,
      byEmail: true,
    },
    canCancel: false,
    summary:
      'Approve? Ana Ruiz asks for GitHub · Admin: "On-call rotation starts Monday." Task 1042.',
    ...change,
  };
}

/** Builds a message about a step for a person without a Slack account. */
export function buildMessage(
  person: PersonalMessage['person'],
  change: Partial<PersonalMessage> = {},
): PersonalMessage {
  return {
    key: { recipientId: person.id, kind: 'step', subjectId: 3 },
    person,
    identity: undefined,
    message: { kind: 'task', card: buildApprovalCard() },
    isNews: true,
    urgent: false,
    isRetry: false,
    ...change,
  };
}

/** Builds a person as the store returns one. */
export function buildPerson(
  name: string,
  email: string | null = 'bo@acme.example',
): PersonalMessage['person'] {
  return {
    id: 7,
    connector: 'csv',
    externalId: null,
    email,
    name,
    department: null,
    jobTitle: null,
    employmentStatus: null,
    employmentType: null,
    managerRef: null,
    managerId: null,
    location: null,
    attributes: {},
    active: true,
    lastSyncRunId: null,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    closedAt: null,
    formerEmail: null,
    mergedInto: null,
    sources: {},
  };
}

/** Builds a linked Slack identity with changes. */
export function buildIdentity(
  change: Partial<NonNullable<PersonalMessage['identity']>>,
): NonNullable<PersonalMessage['identity']> {
  return {
    personId: 7,
    teamId: 'T1',
    userId: 'U1',
    channelId: null,
    state: 'linked',
    timeZone: null,
    email: null,
    emailChangedAt: null,
    isWorkspaceAdmin: false,
    activeConfirmedAt: null,
    homeOpenedAt: null,
    homePlace: null,
    checkedAt: new Date('2026-01-01T00:00:00Z'),
    ...change,
  };
}
