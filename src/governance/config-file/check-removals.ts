import { keysOf } from '../../collections.ts';
import {
  type Choices,
  type ConfigKind,
  type ConfigNow,
  choiceKinds,
  policyKey,
} from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import type { ConfigNames } from './names.ts';

/** Applying removes the policies that the file omits. Refuses that for policies still in use. */
export function checkRemovedPolicies(
  now: ConfigNow,
  desired: DesiredConfig,
  names: ConfigNames,
): void {
  const used = new Map(removedPolicies(now, desired).map((key) => [key, new Set<string>()]));
  if (used.size === 0) return;
  for (const { key, user } of listUses(now, desired)) used.get(key)?.add(user);
  for (const [key, users] of used) {
    const [first, ...more] = users;
    if (first === undefined) continue;
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    const name = now.policies.get(key)?.name;
    const message = `“${name}” is not in this list but still used by ${first}${others}: keep it here, or choose another policy there`;
    names.refuse(['policies'], message, 'key');
  }
}

/** Lists the policies (policyKey) that would be removed. */
export function removedPolicies(now: ConfigNow, { policies }: DesiredConfig): string[] {
  if (!policies) return [];
  return [...now.policies].flatMap(([key, { builtIn }]) =>
    builtIn || policies.has(key) ? [] : [key],
  );
}

/** Lists every use of a policy after the file is applied. */
function listUses(now: ConfigNow, desired: DesiredConfig): { key: string; user: string }[] {
  const uses: { key: string; user: string }[] = [];
  const note = (kind: ConfigKind, name: string | null | undefined, user: string) => {
    if (name) uses.push({ key: policyKey(kind, name), user });
  };
  const noteAll = (choices: Choices, user: string) => {
    for (const [field, kind] of choiceKinds) note(kind, choices[field], user);
  };
  for (const [key, app] of now.applications) {
    noteAll({ ...app, ...desired.applications.get(key) }, app.name);
  }
  for (const [key, right] of now.entitlements) {
    const after = { ...right, ...desired.entitlements.get(key) };
    noteAll(after, `${right.application} · ${right.name}`);
  }
  for (const { kind, policy } of desired.rules ?? now.rules) note(kind, policy, 'a rule');
  const defaults = { ...now.defaults, ...desired.defaults };
  for (const kind of keysOf(defaults)) {
    note(kind, defaults[kind], 'everything without a policy of its own');
  }
  return uses;
}
