import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/governance/policies/named-approvers.ts';
import {
  type ApproverPool,
  chooseAssignees,
  type Exclusions,
  quorumOf,
  type StepRequirement,
} from '../../../src/governance/tasks/approvers.ts';

const named = (id: number, name: string, active = true): Candidate => ({ id, name, active });
const ana = named(1, 'Ana');
const bo = named(2, 'Bo');
const kim = named(3, 'Kim');
const lee = named(4, 'Lee');
const dana = named(5, 'Dana');

/** Bo manages Ana, Kim and Lee own GitHub, Dana is Super Admin; `delegates`: pairs of who → to whom. */
function circleOf(
  delegates: [Candidate, Candidate][] = [],
  change: Partial<ApproverPool> = {},
): ApproverPool {
  return {
    app: 'GitHub',
    entitlement: 'GitHub · Admin',
    person: ana,
    manager: bo,
    unknownManager: undefined,
    owners: [kim, lee],
    entitlementOwners: [],
    provisioners: [],
    superAdmins: [dana],
    delegates: new Map(delegates.map(([from, to]) => [from.id, to])),
    named: {
      people: new Map([[lee.id, lee]]),
      groups: new Map([['S1', { handle: 'security', memberIds: [lee.id, 99] }]]),
    },
    ...change,
  };
}

const approval: StepRequirement = { kind: 'approval', approvers: 'manager', options: {} };
const exclusions = (change: Partial<Exclusions> = {}): Exclusions => ({
  subject: ana.id,
  own: new Map([[ana.id, 'is the person it is for']]),
  approved: new Set(),
  lastResort: undefined,
  ...change,
});
/** "Kim for 2": who is asked, and in whose place. */
const asked = (demand: StepRequirement, pool: ApproverPool, barred = exclusions()) =>
  chooseAssignees(demand, pool, barred).assignees.map(({ id, delegateOf }) =>
    delegateOf === null ? id : [id, delegateOf],
  );

describe('whom a step goes to when people have delegates', () => {
  it('a delegate is asked in the place of who named them, for the reason they would be', () => {
    const { assignees, note } = chooseAssignees(approval, circleOf([[bo, kim]]), exclusions());
    expect(assignees).toEqual([{ id: kim.id, why: "Ana's manager", delegateOf: bo.id }]);
    expect(note).toBeUndefined();
  });

  it('a chain is followed to its end, in the name of the first', () => {
    const chain: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, lee],
    ];
    expect(asked(approval, circleOf(chain))).toEqual([[lee.id, bo.id]]);
  });

  it('a circle, however it came about, is walked once', () => {
    const pool: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, lee],
      [lee, bo],
    ];
    expect(asked(approval, circleOf(pool))).toEqual([[lee.id, bo.id]]);
  });

  it.each([
    ['is the person it is for', ana, exclusions()],
    ['asked for it', kim, exclusions({ own: new Map([[kim.id, 'asked for it']]) })],
    ['has left', named(9, 'Gone', false), exclusions()],
  ])('a delegate who %s is passed by: who named them is asked', (_, delegate, barred) => {
    expect(asked(approval, circleOf([[bo, delegate]]), barred)).toEqual([bo.id]);
  });

  it('a chain goes as far as people may act', () => {
    const chain: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, ana],
    ];
    expect(asked(approval, circleOf(chain))).toEqual([[kim.id, bo.id]]);
  });

  it('a policy can forbid delegation', () => {
    const strict = { ...approval, options: { allowDelegation: false } };
    expect(asked(strict, circleOf([[bo, kim]]))).toEqual([bo.id]);
  });

  it('nobody is asked twice: in one’s own right comes before as a delegate', () => {
    const owners: StepRequirement = { ...approval, approvers: 'application_owners' };
    expect(asked(owners, circleOf([[kim, lee]]))).toEqual([lee.id]);
    expect(
      asked(
        owners,
        circleOf([
          [kim, dana],
          [lee, dana],
        ]),
      ),
    ).toEqual([[dana.id, lee.id]]);
  });

  it('a delegate who approved an earlier step is barred where the policy wants others', () => {
    const distinct = { ...approval, options: { distinctApprovers: true } };
    const barred = exclusions({ approved: new Set([kim.id]) });
    expect(asked(distinct, circleOf([[bo, kim]]), barred)).toEqual([bo.id]);
  });
});

describe('whom a step goes to', () => {
  it('the next rung is asked when the first is empty, and the note says why', () => {
    const { assignees, note, level } = chooseAssignees(
      approval,
      circleOf([], { manager: undefined }),
      exclusions(),
    );
    expect(assignees.map(({ id }) => id)).toEqual([kim.id, lee.id]);
    expect(note).toBe('Ana has no manager here, so this goes to the owners of GitHub.');
    expect(level).toBe(1);
  });

  it('an escalation passes the rungs over that were asked', () => {
    const { assignees } = chooseAssignees(approval, circleOf(), exclusions(), 2);
    expect(assignees.map(({ id }) => id)).toEqual([dana.id]);
  });

  it('a quorum is never more than there are people', () => {
    expect(quorumOf({ options: { quorum: 3 } }, 2)).toBe(2);
    expect(quorumOf({ options: {} }, 2)).toBe(1);
    expect(quorumOf({ options: { quorum: 2 } }, 0)).toBe(1);
  });
});

describe('whom a step goes to by the kind of its approvers', () => {
  const step = (
    approvers: StepRequirement['approvers'],
    options: StepRequirement['options'] = {},
  ): StepRequirement => ({
    kind: 'approval',
    approvers,
    options,
  });

  it.each([
    ['the people it names', step('people', { people: [lee.id] }), [lee.id], undefined],
    ['a Slack user group', step('user_group', { userGroup: 'S1' }), [lee.id], undefined],
    ['the person themself', step('self'), [ana.id], undefined],
    ['the Super Admins', step('super_admins'), [dana.id], undefined],
    [
      'the owners, where nobody it names is here',
      step('people', { people: [77] }),
      [kim.id, lee.id],
      'Whom the policy names is not known here, so this goes to the owners of GitHub.',
    ],
    [
      'the owners, where the group is unknown',
      step('user_group', { userGroup: 'S9' }),
      [kim.id, lee.id],
      'The Slack user group has no members here, so this goes to the owners of GitHub.',
    ],
  ])('%s', (_, demand, ids, note) => {
    const chosen = chooseAssignees(demand, circleOf(), exclusions());
    expect(chosen.assignees.map(({ id }) => id)).toEqual(ids);
    expect(chosen.note).toBe(note);
  });
});
