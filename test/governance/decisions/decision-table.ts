/**
 * What comes of every action, by every kind of actor, on a task in every state: rows are action and states,
 * columns are actors. `done`: it happens. The rest are refusals, each with its sentence in `refusals`.
 */
export const actors = ['subject', 'requester', 'approver', 'provisioner', 'stranger', 'admin'];

export const grantStates = ['approval', 'provision', 'provisioned', 'denied', 'wont', 'cancelled'];
export const revokeStates = [
  'revocation',
  'deprovision',
  'deprovisioned',
  'kept',
  'will stay',
  'called off',
];
const closed = [...grantStates.slice(2), ...revokeStates.slice(2)].join(', ');
const carriedOut = 'provisioned, deprovisioned';
const stopped = 'denied, wont, cancelled, kept, will stay, called off';

export const refusals = {
  /** Nobody decides about their own request. */
  own: ['forbidden', /^You cannot approve (your own request|a revocation that)/],
  theirs: ['forbidden', /^This is for .+ to decide\.$/],
  /** Decided, or closed: who, when, and where it is now. */
  late: ['conflict', /(ago|just now|closed already)/],
  notMine: ['forbidden', /^Only the assignee of a task or a Super Admin/],
  outside: ['forbidden', /^Only people whom a task concerns/],
  notAsked: ['forbidden', /^Only who asked for it, or who it is for/],
  admins: ['forbidden', /^Only Super Admins can cancel or restart a task or skip a step/],
  last: ['invalid', /last step cannot be skipped/],
  carried: ['conflict', /has been carried out/],
} as const;

export type Outcome = 'done' | keyof typeof refusals;

const rows: [action: string, states: string, outcomes: string][] = [
  // action           states                     subject requester approver provisioner stranger admin
  ['yes', 'approval, revocation', 'own own done theirs theirs theirs'],
  ['yes', 'provision, deprovision', 'theirs theirs theirs done theirs theirs'],
  ['yes', closed, 'late late late late late late'],
  ['no', 'approval, revocation', 'own own done theirs theirs theirs'],
  ['no', 'provision, deprovision', 'theirs theirs theirs done theirs theirs'],
  ['no', closed, 'late late late late late late'],
  ['yes on an old card', 'provision, deprovision', 'late late late late late late'],
  ['yes on an old card', closed, 'late late late late late late'],
  ['reassign', 'approval, revocation', 'notMine notMine done notMine notMine done'],
  ['reassign', 'provision, deprovision', 'notMine notMine notMine done notMine done'],
  ['reassign', closed, 'late late late late late late'],
  ['comment', 'approval, provision, revocation, deprovision', 'done done done done outside done'],
  ['comment', closed, 'done done done done outside done'],
  ['details', 'approval, provision, revocation, deprovision', 'done done done done outside done'],
  ['details', closed, 'done done done done outside done'],
  ['take back', 'approval, provision', 'done done notAsked notAsked notAsked notAsked'],
  [
    'take back',
    'provisioned, denied, wont, cancelled',
    'late late notAsked notAsked notAsked notAsked',
  ],
  ['take back', 'revocation, deprovision', 'notAsked done notAsked notAsked notAsked notAsked'],
  [
    'take back',
    revokeStates.slice(2).join(', '),
    'notAsked late notAsked notAsked notAsked notAsked',
  ],
  [
    'cancel',
    'approval, provision, revocation, deprovision',
    'admins admins admins admins admins done',
  ],
  ['cancel', closed, 'admins admins admins admins admins late'],
  ['skip', 'approval, revocation', 'admins admins admins admins admins done'],
  ['skip', 'provision, deprovision', 'admins admins admins admins admins last'],
  ['skip', closed, 'admins admins admins admins admins late'],
  [
    'restart',
    'approval, provision, revocation, deprovision',
    'admins admins admins admins admins done',
  ],
  ['restart', stopped, 'admins admins admins admins admins done'],
  ['restart', carriedOut, 'admins admins admins admins admins carried'],
];

export const actions = [...new Set(rows.map(([action]) => action))];

/** @returns undefined where there is no such action: no old card of a task that is at its first step. */
export function outcomeOf(action: string, state: string, actor: string): Outcome | undefined {
  const row = rows.find(([one, states]) => one === action && states.split(', ').includes(state));
  return row?.[2].split(' ')[actors.indexOf(actor)] as Outcome | undefined;
}
