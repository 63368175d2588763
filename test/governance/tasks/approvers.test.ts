import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/governance/policies/named-approvers.ts';
import { chooseAssignees } from '../../../src/governance/tasks/approvers.ts';
import type { Exclusions, StepRequirement } from '../../../src/governance/tasks/exclusions.ts';
import type { ApproverPool } from '../../../src/governance/tasks/fallback-levels.ts';

const named = (id: number, name: string, active = true): Candidate => ({ id, name, active });
const ana = named(1, 'Ana');
const bo = named(2, 'Bo');
const kim = named(3, 'Kim');
const lee = named(4, 'Lee');
const dana = named(5, 'Dana');

/** Bo manages Ana, Kim and Lee own GitHub, Dana is Super Admin; `delegates`: pairs of person → delegate. */
function poolOf(
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
  isVouched: true,
  openedAt: undefined,
  ...change,
});
/** The ids of the assignees; of a delegate, with the id of the person they act for. */
const asked = (demand: StepRequirement, pool: ApproverPool, excluded = exclusions()) =>
  chooseAssignees(demand, { pool, exclusions: excluded }).assignees.map(
    ({ personId, delegateOf }) => (delegateOf === null ? personId : [personId, delegateOf]),
  );

describe('the assignees of a step when people have delegates', () => {
  it('a delegate is asked in the place of the person who named them, for the same reason', () => {
    const { assignees, note } = chooseAssignees(approval, {
      pool: poolOf([[bo, kim]]),
      exclusions: exclusions(),
    });
    expect(assignees).toEqual([
      {
        ...{ personId: kim.id, name: 'Kim', why: "Ana's manager" },
        ...{ level: 'manager', delegateOf: bo.id },
      },
    ]);
    expect(note).toBeUndefined();
  });

  it('a chain is followed to its end, in the name of the first', () => {
    const chain: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, lee],
    ];
    expect(asked(approval, poolOf(chain))).toEqual([[lee.id, bo.id]]);
  });

  it('a circle of delegations, however it came about, is walked once', () => {
    const pool: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, lee],
      [lee, bo],
    ];
    expect(asked(approval, poolOf(pool))).toEqual([[lee.id, bo.id]]);
  });

  it.each([
    ['is the person it is for', ana, exclusions()],
    ['asked for it', kim, exclusions({ own: new Map([[kim.id, 'asked for it']]) })],
    ['has left', named(9, 'Gone', false), exclusions()],
  ])(
    'a delegate who %s is passed over: the person who named them is asked',
    (_, delegate, excluded) => {
      expect(asked(approval, poolOf([[bo, delegate]]), excluded)).toEqual([bo.id]);
    },
  );

  it('a chain goes as far as people may act', () => {
    const chain: [Candidate, Candidate][] = [
      [bo, kim],
      [kim, ana],
    ];
    expect(asked(approval, poolOf(chain))).toEqual([[kim.id, bo.id]]);
  });

  it('a policy can forbid delegation', () => {
    const strict = { ...approval, options: { allowDelegation: false } };
    expect(asked(strict, poolOf([[bo, kim]]))).toEqual([bo.id]);
  });

  it('nobody is asked twice: an assignee in their own right is not asked as a delegate', () => {
    const owners: StepRequirement = { ...approval, approvers: 'application_owners' };
    expect(asked(owners, poolOf([[kim, lee]]))).toEqual([lee.id]);
    expect(
      asked(
        owners,
        poolOf([
          [kim, dana],
          [lee, dana],
        ]),
      ),
    ).toEqual([[dana.id, lee.id]]);
  });

  it('a delegate who approved an earlier step is excluded where the policy wants others', () => {
    const distinct = { ...approval, options: { distinctApprovers: true } };
    const excluded = exclusions({ approved: new Set([kim.id]) });
    expect(asked(distinct, poolOf([[bo, kim]]), excluded)).toEqual([bo.id]);
  });
});

describe('the assignees of a step', () => {
  it('the next level is asked when the first is empty, and the note says why', () => {
    const { assignees, note, level } = chooseAssignees(approval, {
      pool: poolOf([], { manager: undefined }),
      exclusions: exclusions(),
    });
    expect(assignees.map(({ personId }) => personId)).toEqual([kim.id, lee.id]);
    expect(note).toBe('Ana has no manager here, so this goes to the owners of GitHub.');
    expect(level).toBe(1);
  });

  it('an escalation passes over the levels that were asked', () => {
    const { assignees } = chooseAssignees(
      approval,
      { pool: poolOf(), exclusions: exclusions() },
      { from: 2 },
    );
    expect(assignees.map(({ personId }) => personId)).toEqual([dana.id]);
  });

  it('a quorum is a floor: a level with fewer people is passed over', () => {
    const two = { ...approval, approvers: 'application_owners' as const, options: { quorum: 2 } };
    const [eva, finn] = [named(7, 'Eva'), named(8, 'Finn')];
    const pool = poolOf([], { superAdmins: [dana, eva, finn] });
    expect(asked(two, pool)).toEqual([kim.id, lee.id]);
    const asksKim = exclusions({ own: new Map([[kim.id, 'asked for it']]) });
    expect(asked(two, pool, asksKim)).toEqual([dana.id, eva.id, finn.id]);
    const { assignees, note } = chooseAssignees(two, { pool: poolOf(), exclusions: asksKim });
    expect(assignees).toEqual([]);
    expect(note).toBe(
      'Only 1 of the owners of GitHub may act, but 2 must agree; only 1 of the Super Admins may act, but 2 must agree.',
    );
  });

  it('two seats are never merged into one: a delegate with a seat is passed over', () => {
    const two = { ...approval, approvers: 'application_owners' as const, options: { quorum: 2 } };
    expect(asked(two, poolOf([[kim, lee]]))).toEqual([kim.id, lee.id]);
    const both: [Candidate, Candidate][] = [
      [kim, dana],
      [lee, dana],
    ];
    expect(asked(two, poolOf(both))).toEqual([[dana.id, kim.id], lee.id]);
  });

  it('a delegate whom the requester named for somebody else is none', () => {
    const setBy = (by: Candidate) => new Map([[bo.id, { ...lee, setBy: by.id }]]);
    const asksDana = exclusions({ own: new Map([[dana.id, 'asked for it']]) });
    expect(asked(approval, poolOf([], { delegates: setBy(dana) }), asksDana)).toEqual([bo.id]);
    expect(asked(approval, poolOf([], { delegates: setBy(bo) }), asksDana)).toEqual([
      [lee.id, bo.id],
    ]);
  });

  it('people whom no message reaches are asked only where nobody else is left', () => {
    const silent = { ...bo, unreachable: 'has no e-mail address and no Slack account' };
    const pool = poolOf([], { manager: silent });
    const { assignees, note } = chooseAssignees(approval, { pool, exclusions: exclusions() });
    expect(assignees.map(({ personId }) => personId)).toEqual([kim.id, lee.id]);
    expect(note).toBe(
      "Bo (Ana's manager) has no e-mail address and no Slack account, so this goes to the owners of GitHub.",
    );
    const alone = poolOf([], { manager: silent, owners: [], superAdmins: [] });
    expect(asked(approval, alone)).toEqual([bo.id]);
  });

  it('an owner whom the requester appointed comes last, and not at all once the request is open', () => {
    const appointment = { by: dana.id, at: new Date('2026-01-02') };
    const owners: StepRequirement = { ...approval, approvers: 'application_owners' };
    const pool = poolOf([], { owners: [{ ...kim, appointment }], superAdmins: [dana] });
    const own = new Map([[dana.id, 'asked for it']]);
    const before = chooseAssignees(owners, { pool, exclusions: exclusions({ own }) });
    expect(before.assignees.map(({ personId }) => personId)).toEqual([kim.id]);
    expect(before.concern).toBe(
      'Nobody else is left to ask, although Kim was appointed by a person whose task this is.',
    );
    const openedAt = new Date('2026-01-01');
    expect(asked(owners, pool, exclusions({ own, openedAt }))).toEqual([]);
  });

  it('somebody provisions their own access only after another person has approved it', () => {
    const provision: StepRequirement = {
      kind: 'provision',
      approvers: 'provisioners',
      options: {},
    };
    const own = new Map([[kim.id, 'asked for it']]);
    const pool = poolOf([], { provisioners: [kim] });
    expect(asked(provision, pool, exclusions({ own }))).toEqual([kim.id]);
    expect(asked(provision, pool, exclusions({ own, isVouched: false }))).toEqual([lee.id]);
  });
});

describe('the assignees of a step by the kind of its approvers', () => {
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
      'The people whom the policy names are not known here, so this goes to the owners of GitHub.',
    ],
    [
      'the owners, where the group is unknown',
      step('user_group', { userGroup: 'S9' }),
      [kim.id, lee.id],
      'The Slack user group has no members here, so this goes to the owners of GitHub.',
    ],
  ])('%s', (_, demand, ids, note) => {
    const chosen = chooseAssignees(demand, { pool: poolOf(), exclusions: exclusions() });
    expect(chosen.assignees.map(({ personId }) => personId)).toEqual(ids);
    expect(chosen.note).toBe(note);
  });
});
