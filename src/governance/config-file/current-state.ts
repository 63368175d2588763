import { groupBy, mustGet } from '../../collections.ts';
import type { ConfigState } from '../../store/config.ts';
import type { Risk } from '../../store/schema/access.ts';
import type { MiningSettings } from '../../store/schema/mining.ts';
import type { RoleName } from '../../store/schema/people.ts';
import type { PolicyCondition, TaskKind } from '../../store/schema/tasks.ts';
import { foldName } from '../wording/fold-name.ts';
import { describeRulesNow, type RulesNow } from './current-rules.ts';
import type { ConfigPolicy, ConfigRule, ConfigStep } from './schema.ts';

/** The policies that an application or entitlement chooses, with their kinds. */
export const choiceKinds = [
  ['policy', 'request'],
  ['emergencyPolicy', 'request'],
  ['revokePolicy', 'revocation'],
] as const;
type Choice = (typeof choiceKinds)[number][0];
export type Choices = Partial<Record<Choice, string | null | undefined>>;
type PolicyNames = Record<Choice, string | null>;

export interface PolicyConfig {
  name: string;
  kind: ConfigKind;
  steps: ConfigStep[];
}

export interface RuleConfig {
  kind: ConfigKind;
  condition: NonNullable<ConfigRule['condition']>;
  policy: string;
}

/** An application in the terms of a configuration file, with every field. */
export interface ApplicationConfig extends PolicyNames {
  name: string;
  owners: string[];
  provisioners: string[];
  instructions: string | null;
}

export interface EntitlementConfig extends PolicyNames {
  application: string;
  name: string;
  description: string | null;
  category: string | null;
  risk: Risk | null;
  owners: string[];
  requestable: boolean;
  emergency: boolean;
  longestDays: number | null;
  mined: boolean;
}

/** The stored state in the terms of a configuration file. Maps keep the order of the store. */
export interface ConfigNow extends RulesNow {
  /** By folded name. */
  applications: Map<string, ApplicationConfig>;
  /** By configKey; closed entitlements are only in `closed`. */
  entitlements: Map<string, EntitlementConfig>;
  closed: Set<string>;
  /** By policyKey. */
  policies: Map<string, PolicyConfig & { builtIn: boolean }>;
  rules: RuleConfig[];
  defaults: DefaultPolicies;
  /** By personWord. */
  roles: Map<string, RoleName[]>;
  mining: MiningSettings;
}

/** The policies of everything without a policy of its own. */
export type DefaultPolicies = Partial<Record<ConfigKind, string | undefined>>;

/** The folded name of an application, or of an application and entitlement. */
export const configKey = (...names: string[]) => names.map(foldName).join('\n');
export type ConfigKind = NonNullable<ConfigPolicy['kind']>;
/** The name in a policyKey. */
export const nameIn = (key: string) => key.slice(key.indexOf('\n') + 1);
export const policyKey = (kind: string, name: string) => `${kind}\n${name}`;
export const taskKinds = { request: 'grant', revocation: 'revoke' } as const satisfies Record<
  ConfigKind,
  TaskKind
>;
const configKinds = { grant: 'request', revoke: 'revocation' } as const;

/** The name of a person in a file: the e-mail address, or the id in the source. */
export function personWord(person: { email: string | null; externalId: string | null }): string {
  return person.email ?? person.externalId ?? '';
}

/** Describes the stored state in the terms of a configuration file. */
export function describeConfig(state: ConfigState): ConfigNow {
  const words = new Map(state.people.map((person) => [person.id, personWord(person)]));
  const wordOf = (id: number) => words.get(id) ?? '';
  const applicationNames = new Map(state.applications.map(({ id, name }) => [id, name]));
  const policyNames = new Map(state.policies.map(({ id, name }) => [id, name]));
  const nameOf = (id: number | null) => (id === null ? null : (policyNames.get(id) ?? null));
  const names: StoredNames = { wordOf, applicationNames, nameOf };
  return {
    applications: describeApplications(state, names),
    ...describeEntitlements(state, names),
    policies: describePolicies(state, names),
    rules: state.rules.map(({ kind, condition, policyId }) => ({
      kind: configKinds[kind],
      condition: conditionWords(condition, (id) => applicationNames.get(id)),
      policy: nameOf(policyId) ?? '',
    })),
    defaults: Object.fromEntries(
      state.policies
        .filter(({ isDefault }) => isDefault)
        .map(({ kind, name }) => [configKinds[kind], name]),
    ),
    roles: describeRoles(state, names),
    mining: state.mining,
    ...describeRulesNow(state),
  };
}

/** The names behind the ids of the store. */
interface StoredNames {
  /** The name of a person in a file; empty for somebody with neither address nor id. */
  wordOf(personId: number): string;
  applicationNames: ReadonlyMap<number, string>;
  /** The name of a policy; null where there is none. */
  nameOf(policyId: number | null): string | null;
}

function describeApplications(state: ConfigState, names: StoredNames): ConfigNow['applications'] {
  const ownersOf = (kind: 'owner' | 'provisioner') =>
    groupBy(
      state.applicationOwners.filter((one) => one.kind === kind),
      ({ applicationId }) => applicationId,
    );
  const [owners, provisioners] = [ownersOf('owner'), ownersOf('provisioner')];
  const wordsOf = (list: ReturnType<typeof ownersOf>, id: number) =>
    (list.get(id) ?? []).map(({ personId }) => names.wordOf(personId));
  return new Map(
    state.applications.map((row) => [
      configKey(row.name),
      {
        name: row.name,
        owners: wordsOf(owners, row.id),
        provisioners: wordsOf(provisioners, row.id),
        instructions: row.instructions,
        ...policyChoices(row, names),
      },
    ]),
  );
}

function describeEntitlements(
  state: ConfigState,
  names: StoredNames,
): Pick<ConfigNow, 'entitlements' | 'closed'> {
  const owners = groupBy(state.entitlementOwners, ({ entitlementId }) => entitlementId);
  const entitlements: ConfigNow['entitlements'] = new Map();
  const closed: ConfigNow['closed'] = new Set();
  for (const row of state.entitlements) {
    const application = mustGet(names.applicationNames, row.applicationId);
    const key = configKey(application, row.name);
    if (row.closedAt) {
      closed.add(key);
      continue;
    }
    entitlements.set(key, {
      application,
      ...entitlementOf(row),
      owners: (owners.get(row.id) ?? []).map(({ personId }) => names.wordOf(personId)),
      ...policyChoices(row, names),
    });
  }
  return { entitlements, closed };
}

function policyChoices(
  row: ConfigState['applications' | 'entitlements'][number],
  { nameOf }: StoredNames,
) {
  return {
    policy: nameOf(row.policyId),
    emergencyPolicy: nameOf(row.emergencyPolicyId),
    revokePolicy: nameOf(row.revokePolicyId),
  };
}

function describePolicies(state: ConfigState, { wordOf }: StoredNames): ConfigNow['policies'] {
  const steps = groupBy(state.steps, ({ policyId }) => policyId);
  return new Map(
    state.policies.map(({ id, name, kind, builtIn }) => [
      policyKey(configKinds[kind], name),
      {
        name,
        kind: configKinds[kind],
        builtIn,
        steps: (steps.get(id) ?? []).map((step) => stepWords(state, step, wordOf)),
      },
    ]),
  );
}

function describeRoles(state: ConfigState, { wordOf }: StoredNames): ConfigNow['roles'] {
  const byPerson = groupBy(state.roles, ({ personId }) => wordOf(personId));
  return new Map([...byPerson].map(([word, rows]) => [word, rows.map(({ role }) => role)]));
}

function entitlementOf(row: ConfigState['entitlements'][number]) {
  const { name, description, category, risk, requestable, mined } = row;
  return {
    name,
    description,
    category,
    risk,
    requestable,
    emergency: row.emergencyAllowed,
    longestDays: row.maxGrantDays,
    mined,
  };
}

function conditionWords(
  { applicationId, ...condition }: PolicyCondition,
  nameOf: (id: number) => string | undefined,
): RuleConfig['condition'] {
  if (applicationId === undefined) return condition;
  return { ...condition, application: nameOf(applicationId) ?? '' };
}

function stepWords(
  { groups }: ConfigState,
  { kind, approvers, reassignable, options }: ConfigState['steps'][number],
  wordOf: (id: number) => string,
): ConfigStep {
  const { people = [], userGroup, ...rest } = options;
  const group = groups.find(({ id }) => id === userGroup)?.handle ?? userGroup ?? '';
  const named =
    approvers === 'people'
      ? { people: people.map(wordOf) }
      : approvers === 'user_group'
        ? { userGroup: group }
        : approvers;
  return { approvers: named, kind, reassignable, ...rest };
}
