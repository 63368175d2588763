import fc from 'fast-check';
import { tabs } from '../../src/governance/task-cards/inbox.ts';
import * as catalog from '../../src/slack/state/catalog.ts';
import * as people from '../../src/slack/state/people.ts';
import * as records from '../../src/slack/state/records.ts';
import * as requests from '../../src/slack/state/requests.ts';
import * as tasks from '../../src/slack/state/tasks.ts';
import { choice, codecCase, foreignTexts, text, version, whole, window } from './codec-case.ts';
import { id, maybe } from './hostile-text.ts';

// The codecs of tasks, people, applications and requests.

const stepKind = fc.constantFrom('approval' as const, 'deprovision' as const);
const step = { stepId: id, version };
const inboxPlace = fc.record({ tab: fc.constantFrom(...tabs), page: whole });
const openQuery = fc.record({
  kind: maybe(stepKind),
  personId: maybe(id),
  order: fc.constantFrom('oldest' as const, 'newest' as const),
  page: whole,
});
const below: fc.Arbitrary<tasks.TaskList | undefined> = maybe(
  fc.oneof(
    inboxPlace.map((place) => ({ list: 'inbox' as const, place })),
    openQuery.map((query) => ({ list: 'open' as const, query })),
    id.map((taskId) => ({ list: 'details' as const, taskId })),
    text.map((url) => ({ list: 'requestsAnswer' as const, url })),
    fc.record({
      list: fc.constant('inboxAnswer' as const),
      tab: fc.constantFrom(...tabs),
      url: text,
    }),
  ),
);
const intervention = fc.constantFrom(...tasks.interventionKinds);
const commented = fc.record({ taskId: id, below });
const entitlementPage = fc.record({ applicationId: id, page: whole });
const versioned = fc.record({ id, version });
/** A selection comes back sorted by version and step. */
const chosen = fc
  .uniqueArray(fc.record(step), { maxLength: 20, selector: ({ stepId }) => stepId })
  .map((all) => all.toSorted((a, b) => a.version - b.version || a.stepId - b.stepId));

const recordCases = [
  codecCase('idButton', records.idButton, id),
  codecCase('idOption', records.idOption, id),
  codecCase(
    'commandButton',
    records.commandButton,
    fc.constantFrom('help', 'request github admin', 'person me'),
    ['', '1', ' help'],
  ),
  codecCase('idForm', records.idForm, id),
  codecCase('versionButton', records.versionButton, versioned),
  codecCase('versionForm', records.versionForm, versioned, [
    ...foreignTexts,
    '{"id":1,"version":2}',
  ]),
  codecCase('pageButton', records.pageButton, whole),
  codecCase('pageForm', records.pageForm, whole),
  codecCase('lineButton', records.lineButton, whole, [...foreignTexts, 'new']),
  codecCase('numberOption', records.numberOption, whole),
  codecCase('confirmationForm', records.confirmationForm, fc.record({ id, confirmed: whole })),
];
const taskCases = [
  codecCase('stepButton', tasks.stepButton, fc.record(step)),
  codecCase('stepOption', tasks.stepOption, fc.record(step)),
  codecCase(
    'taskMenuOption',
    tasks.taskMenuOption,
    fc.oneof(
      fc.record({ action: fc.constantFrom('reassign' as const, 'with' as const), ...step }),
      fc.record({ action: fc.constant('comment' as const), taskId: id }),
    ),
    [...foreignTexts, 'reassign.1', 'comment.1.2', 'delete.1'],
  ),
  codecCase('interventionOption', tasks.interventionOption, fc.record({ intervention, ...step })),
  codecCase('inboxPlaceButton', tasks.inboxPlaceButton, inboxPlace),
  codecCase('inboxPlaceForm', tasks.inboxPlaceForm, inboxPlace),
  codecCase('openQueryButton', tasks.openQueryButton, openQuery, [
    ...foreignTexts,
    'all.0.oldest.0',
  ]),
  codecCase('openQueryForm', tasks.openQueryForm, openQuery),
  codecCase('stepForm', tasks.stepForm, fc.record({ ...step, below }), [
    ...foreignTexts,
    '1.2',
    '1.2.approval.0',
  ]),
  codecCase(
    'interventionForm',
    tasks.interventionForm,
    fc.record({ intervention, ...step, below }),
  ),
  codecCase(
    'commentForm',
    tasks.commentForm,
    commented,
    foreignTexts.filter((one) => one !== '1.'),
  ),
  codecCase(
    'answerRow',
    tasks.answerRow,
    fc.oneof(
      fc.record({ of: fc.constant('inbox' as const), tab: fc.constantFrom(...tabs), id }),
      fc.record({ of: fc.constant('requests' as const), id }),
    ),
  ),
  codecCase('decisionOption', tasks.decisionOption, choice('yes', 'no')),
  codecCase('bulkButton', tasks.bulkButton, stepKind),
  codecCase(
    'selectionForm',
    tasks.selectionForm,
    fc.record({ kind: stepKind, page: whole, round: whole, chosen }),
    [...foreignTexts, 'approval.0.1.x', 'approval.0.2;1:5k', 'approval.0.1.1:0'],
  ),
  codecCase(
    'messageBlock',
    tasks.messageBlock,
    fc.record({ kind: choice('task', 'held_grants'), subjectId: whole }),
  ),
];
const peopleCases = [
  codecCase(
    'personSearchId',
    people.personSearchId,
    fc.oneof(
      fc.record({ purpose: choice('anyone', 'delegate', 'request') }),
      fc.record({ purpose: fc.constant('step' as const), stepId: id }),
    ),
    [...foreignTexts, 'person:search', 'person:search.step', 'person:search.any'],
  ),
  codecCase('addressButton', people.addressButton, fc.record({ personId: id, slackEmail: text }), [
    ...['', 'x-y', '-1', '1', '[1,"ana@acme.example"]'],
  ]),
  codecCase(
    'returnButton',
    people.returnButton,
    fc.record({ departureId: id, restore: fc.boolean() }),
  ),
  codecCase(
    'pairButton',
    people.pairButton,
    fc.record({ pairId: id, count: fc.nat(), isSame: fc.boolean(), withRights: fc.boolean() }),
  ),
  codecCase(
    'mergeButton',
    people.mergeButton,
    fc.record({ keepId: id, mergeId: id, withRights: fc.boolean() }),
  ),
  codecCase('grantForm', requests.grantForm, fc.record({ personId: id, entitlementId: id })),
  codecCase('groupButton', people.groupButton, choice('S1', 'S0123ABC'), ['', 'S1.2']),
  codecCase('roleOption', people.roleOption, choice('super_admin', 'campaign_admin')),
  codecCase(
    'rolesForm',
    people.rolesForm,
    fc.record({
      personId: id,
      roles: fc.subarray(['super_admin' as const, 'campaign_admin' as const]),
    }),
    [...foreignTexts.filter((one) => one !== '1.'), '1.king', '{"id":1,"roles":[]}'],
  ),
  codecCase('channelOption', people.channelOption, choice('slack', 'both', 'email')),
  codecCase('summaryOption', people.summaryOption, choice('off', 'daily', 'weekly')),
  codecCase('ownChannelOption', people.ownChannelOption, fc.option(choice('slack', 'email'))),
  codecCase('ownSummaryOption', people.ownSummaryOption, fc.option(choice('off', 'weekly'))),
];
const catalogCases = [
  codecCase(
    'applicationForm',
    catalog.applicationForm,
    fc.record({ id, version, window, page: whole }),
  ),
  codecCase('entitlementPageButton', catalog.entitlementPageButton, entitlementPage),
  codecCase('entitlementPageForm', catalog.entitlementPageForm, entitlementPage),
  codecCase(
    'entitlementForm',
    catalog.entitlementForm,
    fc.record({ id, version, applicationId: id, page: whole }),
  ),
  codecCase('riskOption', catalog.riskOption, fc.option(choice('low', 'medium', 'high'))),
];
const requestCases = [
  codecCase('grantButton', requests.grantButton, fc.record({ personId: id, entitlementId: id })),
  codecCase(
    'requestForm',
    requests.requestForm,
    fc.record({ personId: id, applicationId: maybe(id) }),
    [...foreignTexts.filter((one) => one !== '1.'), '1.0'],
  ),
  codecCase(
    'requestFilling',
    requests.requestFilling,
    fc.record({
      personId: maybe(id),
      lastDay: fc.constantFrom(undefined, '2027-01-31'),
      entitlementIds: fc.array(id, { maxLength: 5 }),
    }),
    ['1', 'x.y.z', '1.2027.1'],
  ),
  codecCase('durationOption', requests.durationOption, choice('none', '7', 'date')),
  codecCase('revokeEntitlementId', requests.revokeEntitlementId, id),
  codecCase('offsetButton', requests.offsetButton, whole),
];

export const taskCodecs = [
  ...recordCases,
  ...taskCases,
  ...peopleCases,
  ...catalogCases,
  ...requestCases,
];
