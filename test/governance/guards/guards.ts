import {
  viewEntitlementAccess,
  viewPersonAccess,
} from '../../../src/governance/access/holdings.ts';
import { listOrphans } from '../../../src/governance/access/orphans.ts';
import { countDimensionValues } from '../../../src/governance/cohorts/cohorts.ts';
import type { ActorCtx } from '../../../src/governance/context.ts';
import { intervene } from '../../../src/governance/decisions/intervene.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { endDelegation, setDelegate } from '../../../src/governance/delegations/delegations.ts';
import {
  changeRoles,
  findUsers,
  readUserRoles,
} from '../../../src/governance/people/role-assignments.ts';
import type { Permission } from '../../../src/governance/permissions.ts';
import {
  prepareExtension,
  requestExtension,
} from '../../../src/governance/requests/extend-access.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { cancelAnalysis } from '../../../src/governance/role-mining/cancel-run.ts';
import {
  analyzeFilter,
  listAnalyses,
  readPastFilter,
} from '../../../src/governance/role-mining/cohort-analysis.ts';
import { decideOutlier, listOutliers } from '../../../src/governance/role-mining/outliers.ts';
import { requestAnalysis } from '../../../src/governance/role-mining/runs.ts';
import {
  changeSettings,
  previewSettings,
  readMiningSettings,
  searchMinableEntitlements,
} from '../../../src/governance/role-mining/settings.ts';
import {
  dismissSuggestion,
  listDismissed,
  listSuggestions,
  restoreSuggestion,
  reviewSuggestion,
} from '../../../src/governance/role-mining/suggestions.ts';
import { listOpenSteps } from '../../../src/governance/task-cards/open-steps.ts';
import { miner } from '../../support/miner.ts';
import { adminGuarded } from './admin.ts';
import { profileGuarded } from './profiles.ts';
import { roleRuleGuarded } from './role-rules.ts';
import { ruleGuarded } from './rules.ts';
import { simulationGuarded } from './simulations.ts';

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
  'access/holdings viewPersonAccess': ['viewAnyAccess', (c, s) => viewPersonAccess(c, s.personId)],
  'access/holdings viewEntitlementAccess': [
    'viewAnyAccess',
    (c, s) => viewEntitlementAccess(c, s.entitlementId),
  ],
  'access/orphans listOrphans': ['manageUsers', (c) => listOrphans(c, 0)],
  'task-cards/open-steps listOpenSteps': [
    'reassignAnyTask',
    (c) => listOpenSteps(c, { order: 'oldest', page: 0 }, 5),
  ],
  'role-mining/cohort-analysis analyzeFilter': ['mineRoles', (c) => analyzeFilter(c, miner, {})],
  'role-mining/cohort-analysis listAnalyses': ['mineRoles', (c) => listAnalyses(c)],
  'role-mining/cohort-analysis readPastFilter': ['mineRoles', (c) => readPastFilter(c, nobody)],
  'role-mining/cancel-run cancelAnalysis': ['mineRoles', (c) => cancelAnalysis(c, nobody)],
  'cohorts/cohorts countDimensionValues': ['mineRoles', (c) => countDimensionValues(c)],
  'delegations/delegations setDelegate': [
    'delegateForAnyone',
    (c, s) => setDelegate(c, { personId: s.personId, delegateId: nobody }),
  ],
  'delegations/delegations endDelegation': [
    'delegateForAnyone',
    (c, s) => endDelegation(c, { personId: s.personId }),
  ],
  'role-mining/runs requestAnalysis': ['mineRoles', (c) => requestAnalysis(c)],
  'role-mining/settings readMiningSettings': ['mineRoles', (c) => readMiningSettings(c)],
  'role-mining/settings searchMinableEntitlements': [
    'mineRoles',
    (c) => searchMinableEntitlements(c, ''),
  ],
  'role-mining/settings previewSettings': ['mineRoles', (c) => previewSettings(c, miner, change)],
  'role-mining/settings changeSettings': ['mineRoles', (c) => changeSettings(c, change)],
  'role-mining/outliers listOutliers': ['mineRoles', (c) => listOutliers(c)],
  'role-mining/outliers decideOutlier': [
    'mineRoles',
    (c, s) => decideOutlier(c, s, { state: 'kept', reason: 'so' }),
  ],
  'decisions/reassign-step reassignStep': [
    'reassignAnyTask',
    (c, s) => reassignStep(c, s.step, { personId: nobody, reason: 'so' }),
  ],
  'requests/request-access requestAccess': [
    'requestForAnyone',
    (c, s) =>
      requestAccess(c, {
        personId: s.personId,
        entitlementIds: [nobody],
        reason: 'so',
      }),
  ],
  'requests/extend-access prepareExtension': [
    'requestForAnyone',
    (c, s) => prepareExtension(c, { personId: s.personId, entitlementId: s.entitlementId }),
  ],
  'requests/extend-access requestExtension': [
    'requestForAnyone',
    (c, s) =>
      requestExtension(c, {
        ...{ personId: s.personId, entitlementId: s.entitlementId },
        until: new Date('2099-01-01'),
        reason: 'so',
      }),
  ],
  'requests/revoke-access proposeRevocation': [
    'proposeAnyRevocation',
    (c, s) => proposeRevocation(c, { ...s, reason: 'so' }),
  ],
  'people/role-assignments changeRoles': [
    'manageUsers',
    (c) => changeRoles(c, { personId: nobody, roles: [] }),
  ],
  'people/role-assignments findUsers': [
    'manageUsers',
    (c) => findUsers(c, { words: '', onlyWithRoles: true, page: 0 }),
  ],
  'people/role-assignments readUserRoles': ['manageUsers', (c) => readUserRoles(c, nobody)],
  'role-mining/suggestions listSuggestions': ['mineRoles', (c) => listSuggestions(c)],
  'role-mining/suggestions reviewSuggestion': ['mineRoles', (c) => reviewSuggestion(c, nobody)],
  'role-mining/suggestions dismissSuggestion': ['mineRoles', (c) => dismissSuggestion(c, nobody)],
  'role-mining/suggestions listDismissed': ['mineRoles', (c) => listDismissed(c)],
  'role-mining/suggestions restoreSuggestion': ['mineRoles', (c) => restoreSuggestion(c, nobody)],
  'decisions/intervene intervene': [
    'manageAnyTask',
    (c, s) => intervene(c, s.step, { action: 'cancel', reason: 'so' }),
  ],
};

/** What guards the others: not a role, but what somebody is to the matter. */
export const otherwise: Record<string, string> = {
  'access/search findViewablePeople': 'offers no more than the views show',
  'access/search findPeopleByNameOrEmail': 'names of people, who are known to everybody',
  'access/search findMentioned': 'names of people, who are known to everybody',
  'access/search findViewableEntitlements': 'offers no more than the views show',
  'email-links/action-links openLink': 'the guard itself (action-links.test)',
  'email-links/action-links openAnyLink': 'the guard itself (action-links.test)',
  'role-mining/cohort-analysis findManagerValue': 'part of analyzeFilter, which is guarded',
  'messages/admin-concerns listConcerns': 'each line asks for its permission (attention.test)',
  'decisions/bulk-decide decideMany': 'decideStep, for each',
  'decisions/comments commentOnTask': 'people the task concerns (task-table)',
  'decisions/comments addComment': 'the same as commentOnTask',
  'decisions/comments listTaskComments': 'people the task concerns',
  'decisions/comments commentFromThread': 'whose card it is',
  'context requirePermission': 'the guard itself',
  'delegations/delegations listDelegations': 'one’s own',
  'requests/request-again readRequestAgain': 'people the task concerns (task-table)',
  'requests/request-again nameRequest': 'oneself, direct reports, or requestForAnyone',
  'access/access-like listAccessLike':
    'oneself: requestable access that most peers have; more with viewAnyAccess',
  'requests/find-entitlements findEntitlements': 'everybody: what can be requested',
  'tasks/rates assertCommentRate': 'the actor: their own comments',
  'tasks/rates assertOpenTaskLimit': 'the actor: their own requests',
  'task-cards/details readDetails': 'people the task concerns (task-table)',
  'task-cards/details describeDetails': 'part of readDetails and readTaskPage, which are guarded',
  'versioned-edit auditEdit': 'part of verbs that are guarded',
  'versioned-edit requireVersion': 'part of verbs that are guarded',
  'messages/home loadHome': 'one’s own',
  'messages/home openHome': 'one’s own',
  'messages/home turnHome': 'one’s own',
  'task-cards/inbox loadInbox': 'one’s own',
  'task-cards/inbox listSelectableTasks': 'one’s own',
  'email-links/renew-link readExpiredPage': 'who holds the link',
  'email-links/renew-link renewLink':
    'who holds the link; reminds nobody but its person (links.test)',
  'tasks/decision-rules requireAssignee': 'the guard itself (paths.test)',
  'tasks/decision-rules requireMayIntervene': 'the guard itself (paths.test)',
  'decisions/refused-intervention recordRefusedIntervention': 'records the refusal of its caller',
  'decisions/hand-on findNextInSlack': 'names who comes next, for an assignee',
  'decisions/hand-on handOnInTransaction': 'the assignee; requireAssignee',
  'email-links/task-page handOnByLink': 'who holds the link; handOnInTransaction',
  'tasks/decision-rules requireSurface': 'the guard itself (action-links.test)',
  'access/my-access listMyAccess': 'one’s own',
  'task-cards/my-requests listMyRequests': 'one’s own',
  'tasks/step-ref requireInvolved': 'the guard itself',
  'people/slack-accounts nameMentions': 'names of people, who are known to everybody',
  'people/slack-accounts claimSetup':
    'ADMIN_EMAIL, or an owner of the workspace while there is no Super Admin',
  'people/person-search findAssignable': 'names of people, who are known to everybody',
  'people/person-search findDelegates': 'names of people, who are known to everybody',
  'people/person-search resolvePerson': 'names of people, who are known to everybody',
  'notifications/preferences readPreferences': 'one’s own',
  'notifications/preferences savePreferences': 'one’s own',
  'email-links/preferences-page readPreferencesPage': 'who holds the link; one’s own',
  'email-links/preferences-page savePreferencesByLink': 'who holds the link; one’s own',
  'profiles/edit validateEntitlements': 'part of verbs that are guarded',
  'profiles/request-profile offerProfile': 'what can be requested, which everybody may see',
  'profiles/rights lockForChange': 'part of verbs that are guarded',
  'profiles/rights mayEnroll': 'the guard itself',
  'profiles/rights requireMayEnroll': 'the guard itself',
  'profiles/view loadProfileOrigin': 'part of verbs that are guarded',
  'decisions/reassign-step reassignInTransaction': 'the same as reassignStep',
  'decisions/reassign-step prepareReassignment': 'the same as reassignStep',
  'decisions/reassign-step findNewAssignees': 'the same as reassignStep',
  'reminders/reminders sendReminder': 'who asked for it or whom it is for (reminders.test)',
  'requests/request-access mayRequestFor': 'the guard itself',
  'requests/request-access openRequests':
    'part of requestAccess and requestProfile, which are guarded',
  'requests/request-access findApplications': 'what can be requested, which everybody may see',
  'requests/revoke-access readGrant': 'the same as proposeRevocation',
  'requests/revoke-access findAccessOf': 'the same as proposeRevocation',
  'sync/held-import-card listHeldImports': 'nothing for anybody else (held-imports.test)',
  'sync/weakening requireMayWeaken': 'the guard itself (control-changes.test)',
  'access/suggested-for-person suggestAccess': 'whom one may request for',
  'role-mining/suggestions decideSuggestion':
    'part of createProfile and addToProfile, which are guarded',
  'decisions/intervene restart': 'part of intervene, which is guarded',
  'email-links/inbox-session openInbox': 'who holds the link; cannotActReason (inbox.test)',
  'email-links/inbox-session enterInbox': 'the guard itself (inbox.test)',
  'email-links/inbox-session closeInbox': 'who holds the session',
  'email-links/inbox-session readInboxDoor': 'who holds the link; counts alone',
  'email-links/inbox-session readExpiry': 'who holds the link',
  'email-links/inbox-session renewInboxLink': 'who holds the link; mails nobody but its person',
  'email-links/task-entry openTaskPage': 'who holds the link or the session; requireInvolved',
  'task-cards/my-requests findMyRequest': 'one’s own',
  'email-links/task-page readTaskPage': 'who holds the link; readDetails',
  'email-links/task-page decideByLink': 'who holds the link; decideStep',
  'email-links/task-page reassignByLink': 'who holds the link; reassignStep',
  'email-links/task-page findNewAssigneesByLink': 'who holds the link; findNewAssignees',
  'email-links/task-page commentByLink': 'who holds the link; commentOnTask',
  'decisions/decide-step decideStep': 'the assignees (task-table)',
  'decisions/decide-step decideInTransaction': 'the same as decideStep',
  'decisions/decide-step prepareDecision': 'the assignees',
  'decisions/decide-step cancelRequest': 'who asked for it or whom it is for (task-table)',
};
