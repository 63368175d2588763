import { viewEntitlementAccess, viewPersonAccess } from '../../src/governance/access-views.ts';
import { listOpenSteps } from '../../src/governance/all-tasks.ts';
import { analyzeFilter, listAnalyses, pastFilter } from '../../src/governance/analyses.ts';
import { cancelAnalysis } from '../../src/governance/cancelled-runs.ts';
import { countDimensionValues } from '../../src/governance/cohorts.ts';
import type { ActorCtx } from '../../src/governance/context.ts';
import { endDelegation, setDelegate } from '../../src/governance/delegations.ts';
import { requestAnalysis } from '../../src/governance/mining-runs.ts';
import {
  changeSettings,
  findMinable,
  previewSettings,
  readMiningForm,
} from '../../src/governance/mining-settings.ts';
import { decideOutlier, listOutliers } from '../../src/governance/outliers.ts';
import type { Permission } from '../../src/governance/permissions.ts';
import { reassignStep } from '../../src/governance/reassignments.ts';
import { requestAccess } from '../../src/governance/requests.ts';
import { proposeRevocation } from '../../src/governance/revocations.ts';
import { changeRoles, findUsers, readUser } from '../../src/governance/roles.ts';
import {
  dismissSuggestion,
  listSuggestions,
  reviewSuggestion,
} from '../../src/governance/suggestions.ts';
import { intervene } from '../../src/governance/task-admin.ts';
import { miner } from '../support/miner.ts';
import { adminGuarded } from './guards-admin.ts';
import { profileGuarded } from './guards-profiles.ts';
import { roleRuleGuarded } from './guards-role-rules.ts';
import { ruleGuarded } from './guards-rules.ts';
import { simulationGuarded } from './guards-simulations.ts';

/** What a verb is tried on: of others, so that nothing but a permission could allow it. */
export interface Scene {
  personId: number;
  entitlementId: number;
  step: { stepId: number; version: number };
}

type Call = (ctx: ActorCtx, scene: Scene) => Promise<unknown>;

/** By `file function`: the permission it asks for, and a call of it. */
export type Guarded = Record<string, [Permission, Call]>;

const change = { settings: {}, excludedIds: [] };
const nobody = 999_999;

/** Verbs that a permission guards. */
export const guarded: Guarded = {
  ...adminGuarded,
  ...profileGuarded,
  ...ruleGuarded,
  ...roleRuleGuarded,
  ...simulationGuarded,
  'access-views viewPersonAccess': ['viewAnyAccess', (c, s) => viewPersonAccess(c, s.personId)],
  'access-views viewEntitlementAccess': [
    'viewAnyAccess',
    (c, s) => viewEntitlementAccess(c, s.entitlementId),
  ],
  'all-tasks listOpenSteps': [
    'reassignAnyTask',
    (c) => listOpenSteps(c, { order: 'oldest', page: 0 }, 5),
  ],
  'analyses analyzeFilter': ['mineRoles', (c) => analyzeFilter(c, miner, {})],
  'analyses listAnalyses': ['mineRoles', (c) => listAnalyses(c)],
  'analyses pastFilter': ['mineRoles', (c) => pastFilter(c, nobody)],
  'cancelled-runs cancelAnalysis': ['mineRoles', (c) => cancelAnalysis(c, nobody)],
  'cohorts countDimensionValues': ['mineRoles', (c) => countDimensionValues(c)],
  'delegations setDelegate': [
    'delegateForAnyone',
    (c, s) => setDelegate(c, { personId: s.personId, delegateId: nobody }),
  ],
  'delegations endDelegation': [
    'delegateForAnyone',
    (c, s) => endDelegation(c, { personId: s.personId }),
  ],
  'mining-runs requestAnalysis': ['mineRoles', (c) => requestAnalysis(c)],
  'mining-settings readMiningForm': ['mineRoles', (c) => readMiningForm(c)],
  'mining-settings findMinable': ['mineRoles', (c) => findMinable(c, '')],
  'mining-settings previewSettings': ['mineRoles', (c) => previewSettings(c, miner, change)],
  'mining-settings changeSettings': ['mineRoles', (c) => changeSettings(c, change)],
  'outliers listOutliers': ['mineRoles', (c) => listOutliers(c)],
  'outliers decideOutlier': [
    'mineRoles',
    (c, s) => decideOutlier(c, s, { state: 'kept', reason: 'so' }),
  ],
  'reassignments reassignStep': [
    'reassignAnyTask',
    (c, s) => reassignStep(c, s.step, { personId: nobody, reason: 'so' }),
  ],
  'requests requestAccess': [
    'requestForAnyone',
    (c, s) =>
      requestAccess(c, {
        personId: s.personId,
        entitlementIds: [nobody],
        reason: 'so',
      }),
  ],
  'revocations proposeRevocation': [
    'proposeAnyRevocation',
    (c, s) => proposeRevocation(c, { ...s, reason: 'so' }),
  ],
  'roles changeRoles': ['manageUsers', (c) => changeRoles(c, { personId: nobody, roles: [] })],
  'roles findUsers': [
    'manageUsers',
    (c) => findUsers(c, { words: '', onlyWithRoles: true, page: 0 }),
  ],
  'roles readUser': ['manageUsers', (c) => readUser(c, nobody)],
  'suggestions listSuggestions': ['mineRoles', (c) => listSuggestions(c)],
  'suggestions reviewSuggestion': ['mineRoles', (c) => reviewSuggestion(c, nobody)],
  'suggestions dismissSuggestion': ['mineRoles', (c) => dismissSuggestion(c, nobody)],
  'task-admin intervene': ['manageAnyTask', (c, s) => intervene(c, 'cancel', s.step, 'so')],
};

/** What guards the others: not a role, but what somebody is to the matter. */
export const otherwise: Record<string, string> = {
  'access-search findViewablePeople': 'offers no more than the views show',
  'access-search findPeopleByWords': 'names of people, who are known to everybody',
  'access-search findMentioned': 'names of people, who are known to everybody',
  'access-search findViewableEntitlements': 'offers no more than the views show',
  'action-links openLink': 'the guard itself (action-links.test)',
  'action-links openAnyLink': 'the guard itself (action-links.test)',
  'analyses managerValue': 'part of analyzeFilter, which is guarded',
  'attention listConcerns': 'each line asks for its permission (attention.test)',
  'bulk decideMany': 'decideStep, for each',
  'comments commentOnTask': 'people the task concerns (task-table)',
  'comments listTaskComments': 'people the task concerns',
  'comments commentFromThread': 'whose card it is',
  'context requirePermission': 'the guard itself',
  'delegations listDelegations': 'one’s own',
  'details readDetails': 'people the task concerns (task-table)',
  'edits auditEdit': 'part of verbs that are guarded',
  'edits requireVersion': 'part of verbs that are guarded',
  'extensions peekExtension': 'one’s own access',
  'extensions requestExtension': 'one’s own access',
  'home loadHome': 'one’s own',
  'home openHome': 'one’s own',
  'home turnHome': 'one’s own',
  'inbox loadInbox': 'one’s own',
  'inbox listChoices': 'one’s own',
  'link-renewal readExpiredPage': 'who holds the link',
  'link-renewal renewLink': 'who holds the link; reminds nobody but its person (links.test)',
  'may-decide requireAssignee': 'the guard itself (task-table)',
  'may-decide requireSurface': 'the guard itself (action-links.test)',
  'my-access listMyAccess': 'one’s own',
  'my-requests listMyRequests': 'one’s own',
  'open-step requireInvolved': 'the guard itself',
  'people-links nameMentions': 'names of people, who are known to everybody',
  'people-links claimSetup':
    'ADMIN_EMAIL, or an owner of the workspace while there is no Super Admin',
  'person-search findTakers': 'names of people, who are known to everybody',
  'person-search findDelegates': 'names of people, who are known to everybody',
  'person-search findNamed': 'names of people, who are known to everybody',
  'preferences readPreferences': 'one’s own',
  'preferences savePreferences': 'one’s own',
  'preferences-links readPreferencesPage': 'who holds the link; one’s own',
  'preferences-links savePreferencesByLink': 'who holds the link; one’s own',
  'profile-edits checkEntitlements': 'part of verbs that are guarded',
  'profile-requests offerProfile': 'what can be requested, which everybody may see',
  'profile-rights lockForChange': 'part of verbs that are guarded',
  'profile-rights mayEnroll': 'the guard itself',
  'profile-rights requireMayEnroll': 'the guard itself',
  'profile-view originOf': 'part of verbs that are guarded',
  'reassignments peekReassignment': 'the same as reassignStep',
  'reassignments findStepTakers': 'the same as reassignStep',
  'reminders sendReminder': 'who asked for it or whom it is for (reminders.test)',
  'requests mayRequestFor': 'the guard itself',
  'requests openRequests': 'part of requestAccess and requestProfile, which are guarded',
  'requests findEntitlements': 'what can be requested, which everybody may see',
  'requests findApplications': 'what can be requested, which everybody may see',
  'revocations readGrant': 'the same as proposeRevocation',
  'revocations findAccessOf': 'the same as proposeRevocation',
  'sync-held listHeldImports': 'nothing for anybody else (sync-held.test)',
  'suggested-access suggestAccess': 'whom one may request for',
  'suggestions decideSuggestion': 'part of createProfile and addToProfile, which are guarded',
  'task-admin restart': 'part of intervene, which is guarded',
  'task-links readTaskPage': 'who holds the link; readDetails',
  'task-links decideByLink': 'who holds the link; decideStep',
  'task-links reassignByLink': 'who holds the link; reassignStep',
  'task-links findTakersByLink': 'who holds the link; findStepTakers',
  'task-links commentByLink': 'who holds the link; commentOnTask',
  'tasks decideStep': 'the assignees (task-table)',
  'tasks peekStep': 'the assignees',
  'tasks cancelRequest': 'who asked for it or whom it is for (task-table)',
};
