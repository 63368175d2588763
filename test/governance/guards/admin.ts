import {
  changeApplication,
  findApplicationsToManage,
  findOwners,
  readApplication,
} from '../../../src/governance/catalog/applications.ts';
import {
  changeEntitlement,
  findEntitlementsToManage,
  readEntitlement,
} from '../../../src/governance/catalog/entitlements.ts';
import { findPolicies } from '../../../src/governance/catalog/policy-lookup.ts';
import {
  readNotificationSettings,
  saveNotificationSettings,
} from '../../../src/governance/notifications/preferences.ts';
import {
  keepSlackLink,
  listAccountConflicts,
  unlinkSlackUser,
} from '../../../src/governance/people/account-conflicts.ts';
import { decideReturn, listReturnedPeople } from '../../../src/governance/people/departures.ts';
import { listOwnerlessApplications, loadSetup } from '../../../src/governance/people/setup.ts';
import {
  confirmActive,
  confirmGroupMembers,
  listStandingConcerns,
} from '../../../src/governance/people/standing-concerns.ts';
import { readGuardWarnings } from '../../../src/governance/policies/guard-warnings.ts';
import {
  changePolicy,
  createPolicy,
  deletePolicy,
  describeSteps,
  findUserGroups,
  listPolicies,
  readPolicy,
  readStepNames,
  setDefaultPolicy,
  validateDraftStep,
} from '../../../src/governance/policies/policies.ts';
import { changeRules, readRules } from '../../../src/governance/policies/policy-rules.ts';
import { previewRequest } from '../../../src/governance/requests/preview.ts';
import { releaseHeldImport } from '../../../src/governance/sync/held-imports.ts';
import {
  listRecentMerges,
  mergePeople,
  previewMerge,
  splitPeople,
} from '../../../src/governance/sync/merge-people.ts';
import {
  decidePeoplePairs,
  decideQuestion,
  listPeoplePairs,
} from '../../../src/governance/sync/people-pairs.ts';
import type { Guarded } from './guards.ts';

const nobody = 999_999;
type Edit<T extends (...args: never[]) => unknown> = Parameters<T>[1];
/** What an edit says is not looked at before the permission. */
const edit = { id: nobody, version: 1 };
const choice = { personId: nobody } as Edit<typeof keepSlackLink>;
const step = {
  kind: 'approval',
  approvers: 'manager',
  reassignable: true,
  options: {},
} as Edit<typeof validateDraftStep>;

/** The verbs by which applications, policies and people's Slack accounts are managed, and imports that are held let through. */
export const adminGuarded: Guarded = {
  'sync/held-imports releaseHeldImport': [
    'manageConnectors',
    (c) => releaseHeldImport(c, { holdId: nobody }),
  ],
  'catalog/applications findApplicationsToManage': [
    'manageApplications',
    (c) => findApplicationsToManage(c, { page: 0 }),
  ],
  'catalog/applications findOwners': ['manageApplications', (c) => findOwners(c, '')],
  'catalog/applications readApplication': ['manageApplications', (c) => readApplication(c, nobody)],
  'catalog/applications changeApplication': [
    'manageApplications',
    (c) => changeApplication(c, edit as Edit<typeof changeApplication>),
  ],
  'catalog/entitlements findEntitlementsToManage': [
    'manageApplications',
    (c) => findEntitlementsToManage(c, { applicationId: nobody, page: 0 }),
  ],
  'catalog/entitlements readEntitlement': ['manageApplications', (c) => readEntitlement(c, nobody)],
  'catalog/entitlements changeEntitlement': [
    'manageApplications',
    (c) => changeEntitlement(c, edit as Edit<typeof changeEntitlement>),
  ],
  'policies/policies listPolicies': ['managePolicies', (c) => listPolicies(c)],
  'policies/policies readPolicy': ['managePolicies', (c) => readPolicy(c, nobody)],
  'policies/policies describeSteps': ['managePolicies', (c) => describeSteps(c, [step])],
  'policies/policies validateDraftStep': ['managePolicies', (c) => validateDraftStep(c, step)],
  'policies/policies readStepNames': ['managePolicies', (c) => readStepNames(c, step)],
  'policies/policies findUserGroups': ['managePolicies', (c) => findUserGroups(c, '')],
  'policies/policies createPolicy': [
    'managePolicies',
    (c) => createPolicy(c, { name: '', kind: 'grant', steps: [] }),
  ],
  'policies/policies changePolicy': [
    'managePolicies',
    (c) => changePolicy(c, { ...edit, name: '', steps: [] }),
  ],
  'policies/policies deletePolicy': ['managePolicies', (c) => deletePolicy(c, edit)],
  'policies/policies setDefaultPolicy': ['managePolicies', (c) => setDefaultPolicy(c, nobody)],
  'catalog/policy-lookup findPolicies': ['manageApplications', (c) => findPolicies(c, 'grant', '')],
  'requests/preview previewRequest': [
    'managePolicies',
    (c, s) => previewRequest(c, { ...s, emergency: false }),
  ],
  'policies/policy-rules readRules': ['managePolicies', (c) => readRules(c, 'grant')],
  'policies/policy-rules changeRules': [
    'managePolicies',
    (c) => changeRules(c, { kind: 'grant', rules: [], shown: 'x' }),
  ],
  'notifications/preferences readNotificationSettings': [
    'manageUsers',
    (c) => readNotificationSettings(c),
  ],
  'notifications/preferences saveNotificationSettings': [
    'manageUsers',
    (c) => saveNotificationSettings(c, { channel: 'both', summary: 'off', locked: false }),
  ],
  'people/setup loadSetup': ['manageUsers', (c) => loadSetup(c)],
  'people/setup listOwnerlessApplications': [
    'manageApplications',
    (c) => listOwnerlessApplications(c),
  ],
  'people/account-conflicts listAccountConflicts': ['manageUsers', (c) => listAccountConflicts(c)],
  'people/standing-concerns listStandingConcerns': ['manageUsers', (c) => listStandingConcerns(c)],
  'people/standing-concerns confirmActive': [
    'manageUsers',
    (c) => confirmActive(c, { personId: nobody }),
  ],
  'people/standing-concerns confirmGroupMembers': [
    'manageUsers',
    (c) => confirmGroupMembers(c, { groupId: 'S1' }),
  ],
  'policies/guard-warnings readGuardWarnings': ['managePolicies', (c) => readGuardWarnings(c)],
  'people/account-conflicts keepSlackLink': ['manageUsers', (c) => keepSlackLink(c, choice)],
  'people/departures listReturnedPeople': ['manageUsers', (c) => listReturnedPeople(c)],
  'people/departures decideReturn': [
    'manageUsers',
    (c) => decideReturn(c, { departureId: nobody, restore: true }),
  ],
  'sync/people-pairs listPeoplePairs': ['manageUsers', (c) => listPeoplePairs(c)],
  'sync/people-pairs decidePeoplePairs': [
    'manageUsers',
    (c) => decidePeoplePairs(c, { pairIds: [nobody], isSame: true }),
  ],
  'sync/people-pairs decideQuestion': [
    'manageUsers',
    (c) => decideQuestion(c, { pairId: nobody, count: 1, isSame: true, withRights: false }),
  ],
  'sync/merge-people previewMerge': [
    'manageUsers',
    (c) => previewMerge(c, { keepId: nobody, mergeId: nobody }),
  ],
  'sync/merge-people mergePeople': [
    'manageUsers',
    (c) => mergePeople(c, { keepId: nobody, mergeId: nobody, withRights: false }),
  ],
  'sync/merge-people listRecentMerges': ['manageUsers', (c) => listRecentMerges(c)],
  'sync/merge-people splitPeople': ['manageUsers', (c) => splitPeople(c, { mergedId: nobody })],
  'people/account-conflicts unlinkSlackUser': ['manageUsers', (c) => unlinkSlackUser(c, choice)],
};
