import type { ConfigState } from '../../store/config.ts';
import { checkMining } from './check-mining.ts';
import { checkPolicies, checkRules } from './check-policies.ts';
import { checkRemovedPolicies } from './check-removals.ts';
import { checkRuleSections } from './check-rules.ts';
import {
  type Choices,
  type ConfigNow,
  choiceKinds,
  configKey,
  personWord,
  policyKey,
} from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import { type ConfigNames, loadConfigNames } from './names.ts';
import type { Path } from './path.ts';
import type { ConfigProblem, ReadConfig } from './read.ts';
import type { ConfigFile } from './schema.ts';

/**
 * Looks up everything a file names. Checks that need the whole file are skipped when its form is wrong.
 * @returns the desired state and the problems.
 */
export function checkConfig(
  { named, problems, problemAt }: ReadConfig,
  config: ConfigFile,
  state: ConfigState,
  now: ConfigNow,
): { desired: DesiredConfig; problems: ConfigProblem[]; warnings: ConfigProblem[] } {
  const applications = new Map(named.applications.map(({ name }) => [configKey(name), name]));
  const own = named.policies.map(({ kind, name }) => policyKey(kind, name));
  const there = { applications, policies: config.policies && new Set(own) };
  const names = loadConfigNames(state, now, there, { problemAt, isWhole: problems.length === 0 });
  const desired: DesiredConfig = {
    applications: new Map(),
    entitlements: new Map(),
    policies: config.policies && checkPolicies(config.policies, now, names),
    rules: undefined,
    defaults: config.defaultPolicies ?? {},
    roles: new Map(),
    mining: now.mining,
    rulePolicies: new Map(),
    miningRules: undefined,
    roleRules: undefined,
  };
  for (const kind of ['request', 'revocation'] as const) {
    const name = config.defaultPolicies?.[kind];
    if (name !== undefined) names.policy(kind, name, ['defaultPolicies', kind]);
  }
  checkApplications(config, now, names, desired);
  if (config.policyRules) desired.rules = checkRules(config.policyRules, now, names, desired);
  checkRoles(config, state, now, names, desired);
  if (config.mining) checkMining(config.mining, state, now, names, desired);
  checkRuleSections(config, now, names, desired);
  if (names.isWhole && names.problems.length === 0) checkRemovedPolicies(now, desired, names);
  return { desired, problems: names.problems, warnings: names.warnings };
}

function checkChoices(choices: Choices, names: ConfigNames, path: Path): void {
  for (const [field, kind] of choiceKinds) {
    const name = choices[field];
    if (typeof name === 'string') names.policy(kind, name, [...path, field]);
  }
}

/** Checks a list of people. @returns their stored names, each once. */
function checkPeople(
  list: string[] | undefined,
  before: string[] | undefined,
  names: ConfigNames,
  at: Path,
) {
  if (!list) return undefined;
  return [...new Set(list.map((word, index) => names.person(word, [...at, index], before ?? [])))];
}

/** Leaves out the keys without a value. */
function dropUndefined<T extends object>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // Object.fromEntries() loses the keys.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function checkApplications(
  config: ConfigFile,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
) {
  config.applications?.forEach(({ entitlements = [], ...app }, index) => {
    const path = ['applications', index];
    const key = configKey(app.name);
    const before = now.applications.get(key);
    if (desired.applications.has(key)) {
      names.refuse([...path, 'name'], 'this application is in the file already');
    }
    checkChoices(app, names, path);
    const name = before?.name ?? app.name;
    const owners = checkPeople(app.owners, before?.owners, names, [...path, 'owners']);
    const provisioners = checkPeople(app.provisioners, before?.provisioners, names, [
      ...path,
      'provisioners',
    ]);
    desired.applications.set(key, dropUndefined({ ...app, name, owners, provisioners }));
    entitlements.forEach((one, at) => {
      checkEntitlement(one, name, [...path, 'entitlements', at], now, names, desired);
    });
  });
}

function checkEntitlement(
  one: NonNullable<NonNullable<ConfigFile['applications']>[number]['entitlements']>[number],
  application: string,
  path: Path,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  const key = configKey(application, one.name);
  const before = now.entitlements.get(key);
  if (desired.entitlements.has(key)) {
    names.refuse([...path, 'name'], 'this entitlement is in the file already');
  }
  if (now.closed.has(key)) {
    names.refuse([...path, 'name'], 'its source no longer lists this entitlement');
  }
  checkChoices(one, names, path);
  const owners = checkPeople(one.owners, before?.owners, names, [...path, 'owners']);
  const name = before?.name ?? one.name;
  desired.entitlements.set(key, dropUndefined({ ...one, application, name, owners }));
}

function checkRoles(
  config: ConfigFile,
  state: ConfigState,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  for (const [word, roles] of Object.entries(config.roles ?? {})) {
    // People who have left may keep or lose roles, but not get new ones.
    const holders = [...now.roles].filter(([, held]) => roles.every((role) => held.includes(role)));
    const before = roles.length === 0 ? [...now.roles.keys()] : holders.map(([name]) => name);
    const path = ['roles', word];
    const person = names.person(word, path, before, 'key');
    if (desired.roles.has(person)) names.refuse(path, 'this person is in the list already', 'key');
    desired.roles.set(person, [...new Set(roles)]);
  }
  if (names.isWhole) requireSuperAdmin(state, names, desired);
}

/** At least one active Super Admin has to remain, or nobody could change roles. */
function requireSuperAdmin(state: ConfigState, names: ConfigNames, desired: DesiredConfig): void {
  const here = new Map(
    state.people.flatMap((one) => (one.isHere ? [[one.id, personWord(one)]] : [])),
  );
  const admins = state.roles.flatMap(({ role, personId }) => {
    const person = role === 'super_admin' ? here.get(personId) : undefined;
    return person === undefined ? [] : [person];
  });
  const stays = admins.some((one) => desired.roles.get(one)?.includes('super_admin') ?? true);
  const gone = new Set(state.people.flatMap((one) => (one.isHere ? [] : [personWord(one)])));
  const comes = [...desired.roles].some(
    ([person, roles]) => roles.includes('super_admin') && !gone.has(person),
  );
  if (admins.length === 0 || stays || comes) return;
  names.refuse(['roles'], 'this would leave no Super Admin; give somebody super_admin', 'key');
}
