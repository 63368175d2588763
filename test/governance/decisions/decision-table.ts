/**
 * The outcome of each action by each kind of actor on a task in each state: the rows are actions and states, the
 * columns are actors. `done`: the action succeeds. The other outcomes are refusals, with their sentences in `refusals`.
 */
export const actors = ['subject', 'requester', 'approver', 'provisioner', 'uninvolved', 'admin'];

export const grantStates = [
  'approval',
  'provision',
  'provisioned',
  'denied',
  'not provisioned',
  'canceled',
];
export const revokeStates = [
  'revocation',
  'deprovision',
  'deprovisioned',
  'denied revocation',
  'not deprovisioned',
  'canceled revocation',
];
const closed = [...grantStates.slice(2), ...revokeStates.slice(2)].join(', ');
const carriedOut = 'provisioned, deprovisioned';
const stopped =
  'denied, not provisioned, canceled, denied revocation, not deprovisioned, canceled revocation';

export const refusals = {
  own: ['forbidden', /^You cannot approve (your own request|a revocation that)/],
  theirs: ['forbidden', /^This is for .+ to decide\.$/],
  late: ['conflict', /(ago|just now|already closed)/],
  notMine: ['forbidden', /^Only the assignee of a task or a Super Admin/],
  outside: ['forbidden', /^Only people whom a task concerns/],
  notRequester: ['forbidden', /^Only the requester or the person it is for/],
  admins: ['forbidden', /^Only Super Admins can cancel or restart a task or skip a step/],
  last: ['invalid', /last step cannot be skipped/],
  carried: ['conflict', /has been carried out/],
} as const;

export type Outcome = 'done' | keyof typeof refusals;

const rows: [action: string, states: string, outcomes: string][] = [
  // action           states                     subject requester approver provisioner uninvolved admin
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
  [
    'cancel request',
    'approval, provision',
    'done done notRequester notRequester notRequester notRequester',
  ],
  [
    'cancel request',
    'provisioned, denied, not provisioned, canceled',
    'late late notRequester notRequester notRequester notRequester',
  ],
  [
    'cancel request',
    'revocation, deprovision',
    'notRequester done notRequester notRequester notRequester notRequester',
  ],
  [
    'cancel request',
    revokeStates.slice(2).join(', '),
    'notRequester late notRequester notRequester notRequester notRequester',
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

/** @returns undefined if there is no such action: a task at its first step has no old card */
export function outcomeOf(action: string, state: string, actor: string): Outcome | undefined {
  const row = rows.find(([one, states]) => one === action && states.split(', ').includes(state));
  return row?.[2].split(' ')[actors.indexOf(actor)] as Outcome | undefined;
}
