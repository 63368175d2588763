import type { TaskKind } from '../store/schema/tasks.ts';

/** The subjects of audit rows, such as "task:1042": one function for each kind. */
export const subjectOf = {
  application: (id: number) => `application:${id}` as const,
  connector: (name: string) => `connector:${name}` as const,
  entitlement: (id: number) => `entitlement:${id}` as const,
  grant: (id: number) => `grant:${id}` as const,
  heldImport: (id: number) => `held-import:${id}` as const,
  miningRule: (id: number) => `mining-rule:${id}` as const,
  miningRun: (id: number) => `mining-run:${id}` as const,
  miningSettings: () => 'mining-settings' as const,
  notificationSettings: () => 'notification-settings' as const,
  person: (id: number) => `person:${id}` as const,
  policy: (id: number) => `policy:${id}` as const,
  /** The rules that choose the policy of tasks of a kind. */
  policyRules: (kind: TaskKind) => `rules:${kind}` as const,
  profile: (id: number) => `profile:${id}` as const,
  roleRule: (id: number) => `role-rule:${id}` as const,
  rulePolicy: (id: number) => `rule-policy:${id}` as const,
  simulation: (id: number) => `simulation:${id}` as const,
  slackUserGroups: () => 'slack:user-groups' as const,
  slackUsers: () => 'slack:users' as const,
  store: () => 'store' as const,
  suggestion: (id: number) => `suggestion:${id}` as const,
  syncRun: (id: number) => `sync-run:${id}` as const,
  task: (id: number) => `task:${id}` as const,
};
