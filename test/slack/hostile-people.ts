import fc from 'fast-check';
import type { AccountConflicts } from '../../src/governance/people/account-conflicts.ts';
import type { StandingConcerns } from '../../src/governance/people/standing-concerns.ts';
import { peopleMessage } from '../../src/slack/blocks/people/people.ts';
import { ownerlessView, setupMessage } from '../../src/slack/blocks/people/setup.ts';
import { id, list, maybe, moment, text } from './hostile-text.ts';

const email = fc.oneof(text, fc.constant('a@b.example')).map((one) => one.slice(0, 320));

const attention: fc.Arbitrary<AccountConflicts> = fc.record({
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
    .map(([one, doubts]) => peopleMessage(one, doubts)),
  'the steps of setup': fc
    .tuple(setup, fc.boolean(), fc.array(text, { maxLength: 3 }))
    .map(([one, isNew, warnings]) => setupMessage(one, isNew, warnings)),
};

export const peopleViews = { 'applications without owner': ownerless.map(ownerlessView) };
