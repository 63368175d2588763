import {
  changeApplication,
  findApplicationsToManage,
  findOwners,
  readApplication,
} from '../../src/governance/applications.ts';
import {
  changeEntitlement,
  findEntitlementsToManage,
  readEntitlement,
} from '../../src/governance/entitlements.ts';
import {
  changePolicy,
  checkDraftStep,
  createPolicy,
  deletePolicy,
  describeSteps,
  findUserGroups,
  listPolicies,
  readPolicy,
  readStepNames,
  setDefaultPolicy,
} from '../../src/governance/policies.ts';
import { findPolicies } from '../../src/governance/policy-names.ts';
import { previewRequest } from '../../src/governance/policy-preview.ts';
import { changeRules, readRules } from '../../src/governance/policy-rules.ts';
import {
  readNotificationSettings,
  saveNotificationSettings,
} from '../../src/governance/preferences.ts';
import { listOwnerlessApplications, loadSetup } from '../../src/governance/setup.ts';
import {
  keepSlackLink,
  listPeopleAttention,
  unlinkSlackUser,
} from '../../src/governance/slack-attention.ts';
import { letImportThrough } from '../../src/governance/sync-held.ts';
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
} as Edit<typeof checkDraftStep>;

/** The verbs by which applications, policies and people's Slack accounts are managed, and imports that are held let through. */
export const adminGuarded: Guarded = {
  'sync-held letImportThrough': [
    'manageConnectors',
    (c) => letImportThrough(c, { holdId: nobody }),
  ],
  'applications findApplicationsToManage': [
    'manageApplications',
    (c) => findApplicationsToManage(c, { page: 0 }),
  ],
  'applications findOwners': ['manageApplications', (c) => findOwners(c, '')],
  'applications readApplication': ['manageApplications', (c) => readApplication(c, nobody)],
  'applications changeApplication': [
    'manageApplications',
    (c) => changeApplication(c, edit as Edit<typeof changeApplication>),
  ],
  'entitlements findEntitlementsToManage': [
    'manageApplications',
    (c) => findEntitlementsToManage(c, { applicationId: nobody, page: 0 }),
  ],
  'entitlements readEntitlement': ['manageApplications', (c) => readEntitlement(c, nobody)],
  'entitlements changeEntitlement': [
    'manageApplications',
    (c) => changeEntitlement(c, edit as Edit<typeof changeEntitlement>),
  ],
  'policies listPolicies': ['managePolicies', (c) => listPolicies(c)],
  'policies readPolicy': ['managePolicies', (c) => readPolicy(c, nobody)],
  'policies describeSteps': ['managePolicies', (c) => describeSteps(c, [step])],
  'policies checkDraftStep': ['managePolicies', (c) => checkDraftStep(c, step)],
  'policies readStepNames': ['managePolicies', (c) => readStepNames(c, step)],
  'policies findUserGroups': ['managePolicies', (c) => findUserGroups(c, '')],
  'policies createPolicy': [
    'managePolicies',
    (c) => createPolicy(c, { name: '', kind: 'grant', steps: [] }),
  ],
  'policies changePolicy': [
    'managePolicies',
    (c) => changePolicy(c, { ...edit, name: '', steps: [] }),
  ],
  'policies deletePolicy': ['managePolicies', (c) => deletePolicy(c, edit)],
  'policies setDefaultPolicy': ['managePolicies', (c) => setDefaultPolicy(c, nobody)],
  'policy-names findPolicies': ['manageApplications', (c) => findPolicies(c, 'grant', '')],
  'policy-preview previewRequest': [
    'managePolicies',
    (c, s) => previewRequest(c, { ...s, emergency: false }),
  ],
  'policy-rules readRules': ['managePolicies', (c) => readRules(c, 'grant')],
  'policy-rules changeRules': [
    'managePolicies',
    (c) => changeRules(c, { kind: 'grant', rules: [], shown: 'x' }),
  ],
  'preferences readNotificationSettings': ['manageUsers', (c) => readNotificationSettings(c)],
  'preferences saveNotificationSettings': [
    'manageUsers',
    (c) => saveNotificationSettings(c, { channel: 'both', summary: 'off', locked: false }),
  ],
  'setup loadSetup': ['manageUsers', (c) => loadSetup(c)],
  'setup listOwnerlessApplications': ['manageApplications', (c) => listOwnerlessApplications(c)],
  'slack-attention listPeopleAttention': ['manageUsers', (c) => listPeopleAttention(c)],
  'slack-attention keepSlackLink': ['manageUsers', (c) => keepSlackLink(c, choice)],
  'slack-attention unlinkSlackUser': ['manageUsers', (c) => unlinkSlackUser(c, choice)],
};
