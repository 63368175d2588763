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
export const policyKey = (kind: ConfigKind, name: string) => `${kind}\n${name}`;
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
  const apps = new Map(state.applications.map((one) => [one.id, one]));
  const policyNames = new Map(state.policies.map((one) => [one.id, one.name]));
  const nameOf = (id: number | null) => policyNames.get(id ?? 0) ?? null;
  const choices = (row: (typeof state.applications | typeof state.entitlements)[number]) => ({
    policy: nameOf(row.policyId),
    emergencyPolicy: nameOf(row.emergencyPolicyId),
    revokePolicy: nameOf(row.revokePolicyId),
  });
  const ownersOf = (rows: { of: number; personId: number }[]) => {
    const owners = new Map<number, string[]>();
    for (const { of, personId } of rows) {
      const list = owners.get(of) ?? [];
      list.push(wordOf(personId));
      owners.set(of, list);
    }
    return (id: number) => owners.get(id) ?? [];
  };
  const ofApp = (kind: 'owner' | 'provisioner') =>
    ownersOf(
      state.applicationOwners
        .filter((one) => one.kind === kind)
        .map((one) => ({ of: one.applicationId, personId: one.personId })),
    );
  const [owners, provisioners] = [ofApp('owner'), ofApp('provisioner')];
  const rightOwners = ownersOf(
    state.entitlementOwners.map((one) => ({ of: one.entitlementId, personId: one.personId })),
  );
  const now: ConfigNow = {
    applications: new Map(),
    entitlements: new Map(),
    closed: new Set(),
    policies: new Map(),
    rules: state.rules.map(({ kind, condition, policyId }) => ({
      kind: configKinds[kind],
      condition: conditionWords(condition, (id) => apps.get(id)?.name),
      policy: nameOf(policyId) ?? '',
    })),
    defaults: Object.fromEntries(
      state.policies
        .filter(({ isDefault }) => isDefault)
        .map(({ kind, name }) => [configKinds[kind], name]),
    ),
    roles: new Map(),
    mining: state.mining,
    ...describeRulesNow(state),
  };
  for (const row of state.applications) {
    const { id, name, instructions } = row;
    const people = { owners: owners(id), provisioners: provisioners(id) };
    const app = { name, ...people, instructions, ...choices(row) };
    now.applications.set(configKey(name), app);
  }
  for (const row of state.entitlements) {
    const application = apps.get(row.applicationId)?.name ?? '';
    const key = configKey(application, row.name);
    if (row.closedAt) now.closed.add(key);
    else now.entitlements.set(key, { application, ...entitlementOf(row), ...choices(row) });
    const one = now.entitlements.get(key);
    if (one) one.owners = rightOwners(row.id);
  }
  for (const { id, name, kind, builtIn } of state.policies) {
    now.policies.set(policyKey(configKinds[kind], name), {
      name,
      kind: configKinds[kind],
      builtIn,
      steps: state.steps
        .filter(({ policyId }) => policyId === id)
        .map((step) => stepWords(state, step, wordOf)),
    });
  }
  for (const { personId, role } of state.roles) {
    const word = wordOf(personId);
    now.roles.set(word, [...(now.roles.get(word) ?? []), role]);
  }
  return now;
}

function entitlementOf(row: ConfigState['entitlements'][number]) {
  const { name, description, category, risk, requestable, mined } = row;
  return {
    name,
    description,
    category,
    risk,
    owners: [] as string[],
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
