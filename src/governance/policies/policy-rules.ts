import { createHash } from 'node:crypto';
import { mustGet } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { listCategories, nameApplications } from '../../store/catalog/catalog-pages.ts';
import { lockPolicyEdits, replaceRules } from '../../store/policies/edit-policies.ts';
import {
  listPolicyHeads,
  listPolicyRules,
  type PolicyHead,
  type PolicyRule,
} from '../../store/policies/policies.ts';
import type { PolicyCondition, TaskKind } from '../../store/schema/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { covers, describeCondition, isUnconditional } from './conditions.ts';
import { policyKindWords } from './steps.ts';

/** A policy rule that is being edited: a condition, and the policy of tasks that match it. */
export interface RuleEdit {
  condition: PolicyCondition;
  policyId: number;
}

export interface RuleList {
  kind: TaskKind;
  /** In the order in which they are tried. `when`: the condition in words. */
  rules: (RuleEdit & { when: string; policy: string; app: string | undefined })[];
  /** The policy of tasks that match no rule. */
  byDefault: string;
  /** The fingerprint of the list. An edit returns it, so that two edits at once are noticed. */
  shown: string;
}

/** The number of rules of a kind that one view in Slack can show. */
export const maxRules = 40;

/** Reads the policy rules for tasks of a kind, with their words. */
export async function readRules(ctx: ActorCtx, kind: TaskKind): Promise<RuleList> {
  await requirePermission(ctx, 'managePolicies');
  const rules = (await listPolicyRules(ctx.db, kind)).map(toRuleEdit);
  const policies = await listPolicyHeads(ctx.db);
  const defaults = policies.filter(({ isDefault }) => isDefault);
  const namesOfDefaults = new Map(defaults.map(({ kind, name }) => [kind, name]));
  const apps = await nameApps(ctx, rules);
  return {
    kind,
    rules: rules.map((rule) => ({
      ...rule,
      app: appOf(rule.condition, apps),
      when: describeCondition(rule.condition, apps),
      policy: nameOf(policies, rule.policyId),
    })),
    byDefault: mustGet(namesOfDefaults, kind),
    shown: toFingerprint(rules),
  };
}

/**
 * Makes these the policy rules of a kind, in this order. The whole list is checked, so that every rule can match.
 * Open tasks keep their policy.
 * @throws Refusal invalid (which rule, and why), conflict (somebody else has changed them since they were drawn).
 */
export async function changeRules(
  ctx: ActorCtx,
  input: { kind: TaskKind; rules: readonly RuleEdit[]; shown: string },
): Promise<void> {
  await requirePermission(ctx, 'managePolicies');
  const { kind, rules } = input;
  await inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db);
    const before = (await listPolicyRules(ctx.db, kind)).map(toRuleEdit);
    const policies = await listPolicyHeads(ctx.db);
    const apps = await nameApps(ctx, [...before, ...rules]);
    const describe = (list: readonly RuleEdit[]) =>
      list.map(
        (rule) => `${describeCondition(rule.condition, apps)} → ${nameOf(policies, rule.policyId)}`,
      );
    if (toFingerprint(before) !== input.shown) {
      const now = describe(before).map((words, at) => `${at + 1}. ${words}`);
      throw new Refusal(
        'conflict',
        `Somebody changed the rules of ${policyKindWords[kind]} in the meantime (now: ${now.join('; ') || 'none'}). Your changes were not saved: open the rules again.`,
      );
    }
    if (rules.length > maxRules) {
      throw new Refusal('invalid', `At most ${maxRules} rules are possible.`, 'policy');
    }
    const known = new Set(before.map(keyOf));
    const categories = await listCategories(ctx.db);
    rules.forEach((rule, at) => {
      if (!known.has(keyOf(rule))) validateRule(rule, { kind, at, policies, apps, categories });
    });
    validateOrder(rules, before);
    await replaceRules(ctx.db, kind, rules);
    await audit(ctx, 'rules.change', subjectOf.policyRules(kind), {
      before: { rules: describe(before) },
      after: { rules: describe(rules) },
    });
  });
}

/** Lists the rules that choose a policy: "rule 2 of requests". */
export async function listRulesOfPolicy(
  ctx: Ctx,
  { id, kind }: { id: number; kind: TaskKind },
): Promise<string[]> {
  const rules = await listPolicyRules(ctx.db, kind);
  return rules.flatMap(({ policyId }, at) =>
    policyId === id ? [`rule ${at + 1} of ${policyKindWords[kind]}`] : [],
  );
}

/** The place of a rule, and the records that it may name. */
interface RuleContext {
  kind: TaskKind;
  at: number;
  policies: readonly PolicyHead[];
  apps: ReadonlyMap<number, string>;
  categories: readonly { category: string; applicationId: number }[];
}

function validateRule({ condition, policyId }: RuleEdit, context: RuleContext): void {
  const { kind, at, policies, apps, categories } = context;
  const { applicationId, category, risk } = condition;
  const refuse = (reason: string, field: string) =>
    new Refusal('invalid', `Rule ${at + 1} ${reason}`, field);
  const policy = policies.find((one) => one.id === policyId);
  if (policy?.kind !== kind) {
    throw refuse(`must choose a policy of ${policyKindWords[kind]}.`, 'policy');
  }
  if (isUnconditional(condition)) {
    throw refuse(
      'has no condition, so it would match everything. Make its policy the default instead.',
      'risk',
    );
  }
  if (kind === 'revoke' && condition.emergency) {
    throw refuse('can never match: no revocation is an emergency.', 'which');
  }
  if (risk !== undefined && !['low', 'medium', 'high'].includes(risk)) {
    throw refuse(`can never match: there is no risk "${risk}".`, 'risk');
  }
  const app = appOf(condition, apps);
  if (applicationId !== undefined && app === undefined) {
    throw refuse('can never match: its application does not exist.', 'app');
  }
  const exists = categories.some(
    (one) =>
      one.category.toLowerCase() === category?.toLowerCase() &&
      (applicationId === undefined || one.applicationId === applicationId),
  );
  if (category !== undefined && !exists) {
    const where = app === undefined ? 'has' : `of ${app} has`;
    throw refuse(
      `can never match: no entitlement ${where} the category "${category}".`,
      'category',
    );
  }
}

/** @throws Refusal invalid for a rule that an earlier one shadows, unless it was shadowed before. */
function validateOrder(rules: readonly RuleEdit[], before: readonly RuleEdit[]): void {
  const idle = new Set(listShadowed(before).map(({ at }) => keyOf(before[at])));
  const found = listShadowed(rules).find(({ at }) => !idle.has(keyOf(rules[at])));
  if (!found) return;
  throw new Refusal(
    'invalid',
    `Rule ${found.at + 1} can never match: rule ${found.by + 1} comes first and matches all of its tasks. Put the narrower rule first.`,
    'policy',
  );
}

/** Lists rules that can never match, each with the earlier rule that matches all of its tasks. */
function listShadowed(rules: readonly RuleEdit[]): { at: number; by: number }[] {
  return rules.flatMap((rule, at) => {
    const by = rules.findIndex((one, index) => index < at && covers(one.condition, rule.condition));
    return by < 0 ? [] : [{ at, by }];
  });
}

function appOf(
  { applicationId }: PolicyCondition,
  apps: ReadonlyMap<number, string>,
): string | undefined {
  return applicationId === undefined ? undefined : apps.get(applicationId);
}

async function nameApps(ctx: Ctx, rules: readonly RuleEdit[]) {
  const ids = rules.flatMap(({ condition }) => condition.applicationId ?? []);
  return nameApplications(ctx.db, ids);
}

function toRuleEdit({ condition, policyId }: PolicyRule): RuleEdit {
  return { condition, policyId };
}

function nameOf(policies: readonly PolicyHead[], id: number): string {
  return policies.find((one) => one.id === id)?.name ?? 'a deleted policy';
}

/** A key that is equal for equal rules, whatever the order of their parts in the store. */
function keyOf(rule: RuleEdit | undefined): string {
  const { risk, applicationId, category, requesterIsManager, emergency } = rule?.condition ?? {};
  return JSON.stringify([
    rule?.policyId,
    ...[risk, applicationId, category, requesterIsManager, emergency],
  ]);
}

function toFingerprint(rules: readonly RuleEdit[]): string {
  return createHash('sha256').update(rules.map(keyOf).join('\n')).digest('hex').slice(0, 16);
}
