import type { EndedRights } from '../store/schema/departures.ts';
import type {
  Cohort,
  Leaving,
  OutlierState,
  RunState,
  RunTrigger,
  SuggestionState,
} from '../store/schema/mining.ts';
import type { RoleName, SlackState } from '../store/schema/people.ts';
import type { SimulationState } from '../store/schema/rules.ts';
import type { StepState, TaskKind, TaskState } from '../store/schema/tasks.ts';
import type {
  Held,
  LeaverReplaced,
  MembershipRule,
  PairedWith,
  SlackAccount,
} from './audit-details.ts';
import type { subjectOf } from './audit-subjects.ts';

/** An action on a kind of subject, with the fields of its audit row before and after. */
interface On<
  N extends keyof typeof subjectOf,
  Change extends { before?: unknown; after?: unknown },
> {
  subject: ReturnType<(typeof subjectOf)[N]>;
  change: Change;
}

/** The fields of an edit, as the form or the configuration file names them. */
type Fields = object;

/** More fields that a row may have. */
type Details = Record<string, unknown>;

type StepDecision = Exclude<StepState, 'waiting' | 'active' | 'covered' | 'skipped'>;

type StepDecisions = {
  [State in StepDecision as `step.${State}`]: On<
    'task',
    {
      before: { step: number; state: StepState };
      after: {
        step: number;
        state: StepDecision;
        reason: string | null;
        onBehalfOf?: number;
        /** The earlier last day that the approver set. */
        lastDay?: string;
        bulkId: string | undefined;
      };
    }
  >;
};

type OutlierDecisions = {
  [State in Exclude<OutlierState, 'open'> as `outlier.${State}`]: On<
    'person',
    { after: { entitlement: number; reason: string | null } }
  >;
};

type SuggestionDecisions = {
  [State in SuggestionState as `suggestion.${State}`]: On<
    'suggestion',
    { before: { state: SuggestionState }; after: { state: SuggestionState; fingerprint: string } }
  >;
};

/** Every audited action. The keys are the values of the column `verb`. */
export interface AuditActions extends StepDecisions, OutlierDecisions, SuggestionDecisions {
  'suggestion.restored': On<
    'suggestion',
    { before: { state: 'dismissed' }; after: { state: 'new'; fingerprint: string } }
  >;
  'application.create': On<'application', { after: Fields }>;
  'application.change': On<'application', { before?: Fields; after: Fields }>;
  'entitlement.create': On<'entitlement', { after: Fields }>;
  'entitlement.change': On<'entitlement', { before?: Fields; after: Fields }>;

  'delegation.set': On<'person', { before: { delegations: number[] }; after: Fields }>;
  'delegation.end': On<'person', { before: { delegations: number[] } }>;

  /** A grant stays, although its date or the loss of its rule would have ended it. */
  'grant.keep': On<'grant', { before: Fields; after: Fields }>;
  /** A grant past its end stays, because nobody can be asked to revoke it. */
  'grant.stay': On<'grant', { after: { expiresAt: Date | null; why: string } }>;

  'inbox.open': On<'person', { after: { session: number; link: number } }>;
  'inbox.close': On<'person', { after: { sessions: number[] } }>;
  'inbox.renew': On<'person', { after: { link: number } }>;
  'link.renew': On<'task', { after: { step: number } }>;

  'mining.queue': On<'miningRun', { after: { trigger: RunTrigger } }>;
  'mining.analyze': On<'miningRun', { after: { filter: Fields; state: RunState } }>;
  'mining.cancel': On<'miningRun', { before: { state: RunState }; after: { state: RunState } }>;
  'mining.complete': On<'miningRun', { after: Fields }>;
  'mining.fail': On<'miningRun', { after: { error: string } }>;
  'mining.settings': On<'miningSettings', { before: Fields; after: Fields }>;

  'mining-rule.create': On<'miningRule', { after: Fields }>;
  'mining-rule.change': On<'miningRule', { before: Fields; after: Fields }>;
  'mining-rule.delete': On<'miningRule', { before: Fields }>;

  'notifications.settings': On<'notificationSettings', { before: Fields; after: Fields }>;
  'preferences.save': On<'person', { before: Fields; after: Fields }>;

  'person.leave': On<'person', { before: EndedRights }>;
  'person.restore': On<'person', { before: EndedRights }>;
  'person.dismiss': On<'person', { before: EndedRights }>;
  'person.merge': On<'person', { after: { merged: number } & Details }>;
  'person.split': On<'person', { after: { merged: number } & Details }>;
  'person.same': On<'person', { after: PairedWith }>;
  'person.different': On<'person', { after: PairedWith }>;
  'person.manager': On<'person', Record<'before' | 'after', { manager: number | null }>>;
  'person.rename': On<'person', { before: { name: string }; after: { name: string } }>;

  'policy.create': On<'policy', { after: Fields }>;
  'policy.change': On<'policy', { before?: Fields; after: Fields }>;
  'policy.default': On<
    'policy',
    { before: { default: string | undefined }; after: { default: string } }
  >;
  'policy.delete': On<'policy', { before: Fields }>;
  'rules.change': On<'policyRules', { before: { rules: string[] }; after: { rules: string[] } }>;

  'profile.create': On<'profile', { after: { name: string; entitlements: number[] } & Details }>;
  'profile.edit': On<'profile', { before: Fields; after: Fields }>;
  'profile.extend': On<'profile', { after: { suggestion: number; entitlements: number[] } }>;
  'profile.entitlements': On<
    'profile',
    { after: { added?: number[]; removed?: number[]; revoke?: boolean } }
  >;
  'profile.rule': On<'profile', Record<'before' | 'after', MembershipRule>>;
  'profile.archive': On<
    'profile',
    { before: { members: number[]; rule: Cohort | null }; after: { leaving: Leaving } }
  >;
  'profile.request': On<'profile', { after: { person: number; tasks: number[] } }>;
  'profile.enroll': On<'profile', { after: { people: number[]; task?: number } }>;
  'profile.unenroll': On<
    'profile',
    { before: { members: number }; after: { people: number[]; leaving: Leaving } }
  >;
  'profile.expire': On<
    'profile',
    { after: { person: number; until: Date | null; leaving: Leaving } }
  >;
  'profile.follow': On<'profile', { after: { joined: number[]; left: number[] } }>;
  'profile.hold': On<'profile', { after: { name: string; held: number[] } }>;
  'profile.keep': On<'profile', { after: { people: number[] } }>;
  'profile.apply': On<'profile', { after: { people: number[] } }>;

  'role.grant': On<'person', { after: { role: RoleName } }>;
  'role.change': On<'person', Record<'before' | 'after', { roles: readonly RoleName[] }>>;

  'role-rule.create': On<'roleRule', { after: Fields }>;
  'role-rule.change': On<'roleRule', Record<'before' | 'after', { priority: number }>>;
  'role-rule.end': On<'roleRule', { before: Fields }>;
  'role-rule.keep': On<'roleRule', { after: { grants: number[]; from: number[] } }>;
  'role-rule.lose': On<'roleRule', { after: { grants: number[]; people: number[] } }>;
  'role-rule.drop': On<'roleRule', { after: { grants: number[]; why: string } }>;
  'role-rule.hold': On<
    'roleRule',
    { before: { held: number[] | null }; after: { held: number[] } }
  >;
  'role-rule.apply-held': On<
    'roleRule',
    { before: { held: number[] }; after: { grants: number[] } }
  >;
  'role-rule.keep-held': On<
    'roleRule',
    { before: { held: number[] }; after: { grants: number[] } }
  >;

  'rule-policy.create': On<'rulePolicy', { after: Fields }>;
  'rule-policy.change': On<'rulePolicy', { before: Fields; after: Fields }>;
  'rule-policy.delete': On<'rulePolicy', { before: { name: string; graceDays: number } }>;
  'rule-policy.adopt': On<'rulePolicy', { after: { grants: { grant: number; rule: number }[] } }>;

  'simulation.queue': On<'simulation', { after: { rulePolicyId: number } }>;
  'simulation.complete': On<'simulation', { after: Fields }>;
  'simulation.fail': On<'simulation', { after: { error: string } }>;
  'simulation.cancel': On<'simulation', Record<'before' | 'after', { state: SimulationState }>>;
  'simulation.apply': On<
    'simulation',
    {
      before: { state: SimulationState };
      after: { state: SimulationState; rulePolicyId: number } & Details;
    }
  >;

  'slack.link': On<'person', { after: SlackAccount & Details }>;
  'slack.relink': On<
    'person',
    { before?: Pick<SlackAccount, 'team' | 'user'>; after: SlackAccount & Details }
  >;
  'slack.unlink': On<'person', { before: { team: Text; user: Text; email: Text } }>;
  'slack.state': On<
    'person',
    { before: { state: SlackState | undefined }; after: { state: SlackState } }
  >;
  'slack.address': On<
    'person',
    { before: { email: string | null }; after: { email: string; user: string } }
  >;
  /** A Super Admin confirmed that somebody who is deactivated in Slack may still act. */
  'slack.confirm_active': On<'person', { after: { state: SlackState } }>;
  'slack.keep': On<'person', { after: { email: string } }>;
  'slack.directory': On<'slackUsers', { after: Fields }>;
  /** A Super Admin confirmed the new members of a group as approvers. */
  'user-groups.confirm': On<'slackUserGroups', { after: { group: string; members: number[] } }>;
  'user-groups.change': On<'slackUserGroups', { before: Fields[]; after: Fields[] }>;

  /** A store becomes a demo, or gets its Slack workspace. */
  'store.claim': On<'store', { before?: Fields; after: Fields }>;
  'store.leave-sandbox': On<'store', { after: { dropped: Fields } }>;
  'store.drop-company': On<'store', { after: { dropped: Fields } }>;

  'sync.complete': On<'syncRun', { after: { connector: string } & Details }>;
  'sync.fail': On<'connector', { after: { error: string } }>;
  'sync.hold': On<'connector', { after: { run: number; heldImport: number | undefined } & Held }>;
  'sync.let_through': On<'heldImport', { after: { connector: string } & Held }>;

  'task.open': On<
    'task',
    { after: { kind: TaskKind; person: number; entitlement: number } & Details }
  >;
  /** Only people whom no message reaches, or whom a person of the task appointed, are left to decide a step. */
  'task.concern': On<'task', { after: { step: number; concern: string; assignees: number[] } }>;
  /** Somebody tried to act as Super Admin on a task that is their own. */
  'task.intervention_refused': On<'task', { after: { action: string; why: string } }>;
  'task.close': On<
    'task',
    {
      before: { state: TaskState; step: number | undefined };
      after: { state: TaskState; reason: string };
    }
  >;
  'task.cancel': On<
    'task',
    { before: { state: TaskState; step?: number }; after?: { reason: string } }
  >;
  'task.restart': On<
    'task',
    { before: { state: TaskState; step: number }; after: { reason: string } }
  >;
  'task.skip': On<
    'task',
    { before: { state: TaskState; step: number }; after: { reason: string } }
  >;
  'task.comment': On<'task', { after: { comment: number } }>;
  'task.remind': On<'task', { after: { step: number | undefined; people: number[] } }>;
  /** A sync found the requested change before anybody reported it. */
  'task.seen': On<'task', { before: { state: TaskState }; after: { state: TaskState } }>;
  /** A sync did not find the change that somebody reported. */
  'task.ask_again': On<
    'task',
    {
      before: { state: TaskState; by: number | null };
      after: { state: TaskState; step: number; note: string };
    }
  >;
  'step.agree': On<
    'task',
    {
      after: {
        step: number;
        agreed: number;
        needed: number;
        /** The earlier last day that the approver set. */
        lastDay?: string;
        bulkId: string | undefined;
      };
    }
  >;
  'step.reassign': On<
    'task',
    { before: { step: number }; after: { step: number; to: number; reason: string } }
  >;
  'step.escalate': On<
    'task',
    { before: { step: number }; after: { step: number; added: number[] } }
  >;
  /** An assignee whose link cannot approve it gave it to the next people in line. */
  'step.hand_on': On<'task', LeaverReplaced>;
  'step.move_on': On<'task', LeaverReplaced>;
  'step.stuck': On<'task', LeaverReplaced>;
}

export type AuditAction = keyof AuditActions;

type Text = string | null | undefined;
