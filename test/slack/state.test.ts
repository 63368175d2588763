import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/slack/limits.ts';
import * as catalog from '../../src/slack/state/catalog.ts';
import { tooOldSentence } from '../../src/slack/state/codec.ts';
import * as mining from '../../src/slack/state/mining.ts';
import * as people from '../../src/slack/state/people.ts';
import * as policies from '../../src/slack/state/policies.ts';
import * as policyDraft from '../../src/slack/state/policy-draft.ts';
import * as profiles from '../../src/slack/state/profiles.ts';
import * as records from '../../src/slack/state/records.ts';
import * as requests from '../../src/slack/state/requests.ts';
import * as rules from '../../src/slack/state/rules.ts';
import * as tasks from '../../src/slack/state/tasks.ts';
import { ruleCodecs } from './codecs-of-rules.ts';
import { taskCodecs } from './codecs-of-tasks.ts';

const modules = {
  ...{ ...records, ...tasks, ...people, ...catalog, ...requests },
  ...{ ...profiles, ...mining, ...policies, ...policyDraft, ...rules },
};
const cases = [...taskCodecs, ...ruleCodecs];
const tooLong = 'x'.repeat(LIMITS.privateMetadata + 1);

describe('a value that travels through Slack', () => {
  it('is tested here for every codec', () => {
    const codecs = Object.entries(modules).filter(
      ([, one]) => typeof one === 'object' && 'decode' in one,
    );
    expect(cases.map(({ name }) => name).sort()).toEqual(codecs.map(([name]) => name).sort());
  });

  it.each(cases)('$name comes back unchanged', ({ checkRoundTrip }) => checkRoundTrip());

  it.each(cases)('$name refuses text of another version in one sentence', (one) => {
    for (const text of [...one.foreign, undefined, tooLong]) {
      expect([text, one.refusalOf(text)]).toEqual([text, tooOldSentence]);
    }
  });

  it.each(cases)('$name accepts or refuses any text, and never fails otherwise', (one) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => {
        expect([undefined, tooOldSentence]).toContain(one.refusalOf(text));
      }),
    );
  });

  it('keeps an attribute called __proto__, so that a cohort never becomes wider', () => {
    const cohort = JSON.parse('{"__proto__":["a"]}');
    const text = mining.cohortButton.encode(cohort);
    expect(Object.entries(mining.cohortButton.decode(text))).toEqual([['__proto__', ['a']]]);
  });

  it('is written in few characters', () => {
    const place = { rulePolicyId: 3, version: 2, list: 'rules', page: 0, back: 1 } as const;
    expect(records.idButton.encode(12)).toBe('12');
    expect(tasks.stepButton.encode({ stepId: 12, version: 3 })).toBe('12.3');
    expect(people.personSearchId.encode({ purpose: 'step', stepId: 12 })).toBe(
      'person:search.step.12',
    );
    expect(rules.miningRuleForm.encode({ form: 'new', place })).toBe('new.3.2.rules.0.1');
    const below = { list: 'inbox', place: { tab: 'approval', page: 2 } } as const;
    expect(tasks.stepForm.encode({ stepId: 12, version: 3, below })).toBe('12.3.inbox.approval.2');
  });

  it('fits into a modal with 500 selected tasks', () => {
    const chosen = Array.from({ length: 500 }, (_, at) => ({
      ...{ stepId: 1 + at * 40_000, version: 1 + (at % 2) },
    }));
    const selection = { kind: 'approval', page: 9, round: 99, chosen } as const;
    expect(tasks.selectionForm.encode({ ...selection, chosen }).length).toBeLessThan(2_600);
  });
});

const ids = (count: number) => Array.from({ length: count }, (_, at) => 2_000_000_000 + at);
const place = { rulePolicyId: 1, version: 1, list: 'rules', page: 0, back: 0 } as const;
const head = { version: 1, kind: 'grant', builtIn: false, isDefault: false, page: 0 } as const;
const step = {
  kind: 'approval',
  approvers: 'people',
  reassignable: true,
  options: { people: ids(20) },
} as const;
const steps = Array.from({ length: 20 }, () => ({ ...step, options: { people: ids(20) } }));
const draft = { ...head, window: 'V1', steps };

describe('a value that is too long for Slack', () => {
  it.each<[string, () => unknown]>([
    [
      'a button',
      () => mining.cohortButton.encode({ department: ['x'.repeat(LIMITS.buttonValue)] }),
    ],
    [
      'a button with a text of its own',
      () =>
        people.addressButton.encode({ personId: 1, slackEmail: 'x'.repeat(LIMITS.buttonValue) }),
    ],
    ['an option', () => mining.dimensionOption.encode('x'.repeat(LIMITS.optionValue + 1))],
    [
      'an option value',
      () => mining.dimensionValueOption.encode('x'.repeat(LIMITS.optionValue + 1)),
    ],
    ['an action id', () => mining.dimensionSearchId.encode('x'.repeat(LIMITS.id - 10))],
    ['a block id', () => tasks.messageBlock.encode({ kind: 'x'.repeat(LIMITS.id), subjectId: 1 })],
    [
      'the review of a suggestion',
      () => mining.reviewForm.encode({ suggestionId: 1, page: 0, removed: ids(300) }),
    ],
    [
      'a membership rule',
      () =>
        profiles.membershipRuleForm.encode({
          ...{ profileId: 1, version: 1, rule: null, excludedIds: ids(300) },
        }),
    ],
    [
      'a handwritten rule',
      () =>
        rules.writtenRuleForm.encode({
          place,
          input: {
            ...{ rulePolicyId: 1, entitlementId: 1, ruleType: 'required', priority: 0 },
            criteria: [{ dimension: 'department', value: 'x'.repeat(LIMITS.privateMetadata) }],
          },
          gaining: 0,
        }),
    ],
    ['a policy', () => policyDraft.draftForm.encode(draft)],
    [
      'a step of a policy',
      () => policyDraft.stepDraftForm.encode({ window: 'V1', at: 0, name: '', draft }),
    ],
    [
      'a selection',
      () =>
        tasks.selectionForm.encode({
          ...{ kind: 'approval', page: 0, round: 0 },
          chosen: ids(1_500).map((stepId, at) => ({ stepId, version: at })),
        }),
    ],
  ])('in %s is not sent', (_carrier, encode) => {
    expect(encode).toThrow(/takes \d+ characters, not \d+/);
  });

  it('is known before it is sent, if people choose its length', () => {
    expect(mining.dimensionOption.fits('x'.repeat(LIMITS.optionValue))).toBe(true);
    expect(mining.dimensionOption.fits('x'.repeat(LIMITS.optionValue + 1))).toBe(false);
    expect(mining.dimensionOption.fits('')).toBe(false);
    expect(mining.cohortButton.fits({ department: ['x'.repeat(LIMITS.buttonValue)] })).toBe(false);
  });

  it.each([
    ['an id of no row', () => records.idButton.encode(0)],
    ['a page before the first', () => records.pageButton.encode(-1)],
    [
      'a window whose id has a dot',
      () => policies.ruleForm.encode({ kind: 'grant', shown: 'a', at: 0, window: 'V.1' }),
    ],
  ])('%s is not sent either', (_value, encode) => {
    expect(encode).toThrow();
  });
});
