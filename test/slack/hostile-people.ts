import fc from 'fast-check';
import type { AccountConflicts } from '../../src/governance/people/account-conflicts.ts';
import type { StandingConcerns } from '../../src/governance/people/standing-concerns.ts';
import { type IdentityQuestions, mergeMessage } from '../../src/slack/blocks/people/identities.ts';
import { peopleMessage } from '../../src/slack/blocks/people/people.ts';
import { ownerlessView, setupMessage } from '../../src/slack/blocks/people/setup.ts';
import { id, list, maybe, moment, text } from './hostile-text.ts';

const email = fc.oneof(text, fc.constant('a@b.example')).map((one) => one.slice(0, 320));

const paired = fc.record({ name: text, about: text });
const rights = list(text, 20);
const identities = {
  returned: list(
    fc.record({ departureId: id, name: text, about: text, leftAt: moment, ended: rights }),
    10,
  ).map((all) => all.map((one, at) => ({ ...one, departureId: at + 1 }))),
  questions: list(
    fc.record({
      kind: fc.constantFrom('waiting' as const, 'reused' as const),
      domains: maybe(text),
      pairs: list(
        fc.record({ pairId: id, person: paired, other: paired, leftAt: maybe(moment), rights }),
        12,
      ),
    }),
    10,
  ).map((all) =>
    all.map((one, at) => ({
      ...one,
      pairs: one.pairs.map((pair, index) => ({ ...pair, pairId: 100 * at + index + 1 })),
    })),
  ),
  merges: list(fc.record({ mergedId: id, merged: text, kept: text, at: moment }), 10).map((all) =>
    all.map((one, at) => ({ ...one, mergedId: at + 1 })),
  ),
};

const attention: fc.Arbitrary<AccountConflicts & IdentityQuestions> = fc.record({
  ...identities,
  changed: list(fc.record({ name: text, email: text, slackEmail: email, at: moment }), 10).map(
    (all) => all.map((one, at) => ({ ...one, personId: at + 1 })),
  ),
  unknown: fc.record({
    total: id,
    people: list(fc.record({ name: text, email: fc.option(text) }), 10),
  }),
  sharedAddresses: list(
    fc.record({ email: text, names: fc.array(text, { minLength: 2, maxLength: 5 }) }),
    10,
  ),
  readAt: maybe(moment),
});

const concerns: fc.Arbitrary<StandingConcerns> = fc.record({
  suspended: list(text, 10).map((names) => names.map((name, at) => ({ id: at + 1, name }))),
  newMembers: list(fc.record({ handle: text, names: fc.array(text) }), 10).map((all) =>
    all.map((one, at) => ({ ...one, groupId: `S${at + 1}` })),
  ),
  circles: list(fc.record({ name: text, isSelf: fc.boolean() }), 10).map((all) =>
    all.map((one, at) => ({ ...one, id: at + 1 })),
  ),
});

const setup = fc.record({
  otherAdmins: list(text, 10),
  people: fc.nat(),
  linked: fc.nat(),
  grants: fc.nat(),
  applications: fc.nat(),
  ownerless: fc.nat(),
  lastRun: maybe(fc.record({ at: moment, waiting: fc.nat() })),
});

const ownerless = fc.record({
  total: id,
  apps: list(fc.record({ name: text, entitlements: fc.nat() }), 60),
});

export const peopleMessages = {
  'people who need attention': fc
    .tuple(attention, concerns)
    .map(([one, standing]) => peopleMessage({ ...one, ...standing })),
  'two people before a merge': fc
    .record({
      kept: fc.record({ id, name: text, about: text }),
      merged: fc.record({ id, name: text, about: text }),
      rights,
    })
    .map(mergeMessage),
  'the steps of setup': fc
    .tuple(setup, fc.boolean(), fc.array(text, { maxLength: 3 }))
    .map(([one, isNew, warnings]) => setupMessage(one, isNew, warnings)),
};

export const peopleViews = { 'applications without owner': ownerless.map(ownerlessView) };
