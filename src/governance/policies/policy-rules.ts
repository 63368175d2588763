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

/** A rule as it is edited: what a task has to be like, and the policy it then has. */
export interface RuleEdit {
  condition: PolicyCondition;
  policyId: number;
}

export interface RuleList {
  kind: TaskKind;
  /** In the order in which they are tried; `when`: the condition in words. */
  rules: (RuleEdit & { when: string; policy: string; app: string | undefined })[];
  /** What applies where no rule fits. */
  byDefault: string;
  /** What the list was when it was drawn; an edit says it, so that two at once are seen. */
  shown: string;
}

/** As many of a kind as one view in Slack can show. */
export const maxRules = 40;

/** The rules that choose a policy for tasks of a kind, each in words. */
export async function readRules(ctx: ActorCtx, kind: TaskKind): Promise<RuleList> {
  await requirePermission(ctx, 'managePolicies');
  const rules = (await listPolicyRules(ctx.db, kind)).map(editOf);
  const policies = await listPolicyHeads(ctx.db);
  const defaults = policies.filter(({ isDefault }) => isDefault);
  const namesOfDefaults = new Map(defaults.map(({ kind, name }) => [kind, name]));
  const apps = await namesOfApps(ctx, rules);
  return {
    kind,
    rules: rules.map((rule) => ({
      ...rule,
      app: appOf(rule.condition, apps),
      when: describeCondition(rule.condition, apps),
      policy: nameOf(policies, rule.policyId),
    })),
    byDefault: mustGet(namesOfDefaults, kind),
    shown: printOf(rules),
  };
}

/**
 * Makes these the rules of a kind, in this order; the whole list is looked at, so that none is left that can
 * never match. Open tasks keep the policy they were opened with.
 * @throws Refusal invalid (which rule, and why), conflict (somebody else changed them since they were drawn).
 */
export async function changeRules(
  ctx: ActorCtx,
  input: { kind: TaskKind; rules: readonly RuleEdit[]; shown: string },
): Promise<void> {
  await requirePermission(ctx, 'managePolicies');
  const { kind, rules } = input;
  await inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db);
    const before = (await listPolicyRules(ctx.db, kind)).map(editOf);
    const policies = await listPolicyHeads(ctx.db);
    const apps = await namesOfApps(ctx, [...before, ...rules]);
    const inWords = (list: readonly RuleEdit[]) =>
      list.map(
        (rule) => `${describeCondition(rule.condition, apps)} → ${nameOf(policies, rule.policyId)}`,
      );
    if (printOf(before) !== input.shown) {
      const now = inWords(before).map((words, at) => `${at + 1}. ${words}`);
      throw new Refusal(
        'conflict',
        `Somebody changed the rules of ${policyKindWords[kind]} in the meantime; now they are: ${now.join('; ') || 'none'}. Nothing of yours was saved: look again before you change them.`,
      );
    }
    if (rules.length > maxRules) {
      throw new Refusal('invalid', `There are at most ${maxRules} rules.`, 'policy');
    }
    const known = new Set(before.map(keyOf));
    const categories = await listCategories(ctx.db);
    rules.forEach((rule, at) => {
      if (!known.has(keyOf(rule))) checkRule(rule, { kind, at, policies, apps, categories });
    });
    checkOrder(rules, before);
    await replaceRules(ctx.db, kind, rules);
    await audit(ctx, 'rules.change', subjectOf.policyRules(kind), {
      before: { rules: inWords(before) },
      after: { rules: inWords(rules) },
    });
  });
}

/** "rule 2 of requests", for every rule that chooses a policy. */
export async function listRulesOfPolicy(
  ctx: Ctx,
  { id, kind }: { id: number; kind: TaskKind },
): Promise<string[]> {
  const rules = await listPolicyRules(ctx.db, kind);
  return rules.flatMap(({ policyId }, at) =>
    policyId === id ? [`rule ${at + 1} of ${policyKindWords[kind]}`] : [],
  );
}

/** The place of a rule, and what it may refer to. */
interface RuleContext {
  kind: TaskKind;
  at: number;
  policies: readonly PolicyHead[];
  apps: ReadonlyMap<number, string>;
  categories: readonly { category: string; applicationId: number }[];
}

function checkRule({ condition, policyId }: RuleEdit, context: RuleContext): void {
  const { kind, at, policies, apps, categories } = context;
  const { applicationId, category, risk } = condition;
  const wrong = (why: string, field: string) =>
    new Refusal('invalid', `Rule ${at + 1} ${why}`, field);
  const policy = policies.find((one) => one.id === policyId);
  if (policy?.kind !== kind) {
    throw wrong(`chooses no policy of ${policyKindWords[kind]}.`, 'policy');
  }
  if (isUnconditional(condition)) {
    throw wrong(
      'has no condition, so it would take everything; make its policy the default instead.',
      'risk',
    );
  }
  if (kind === 'revoke' && condition.emergency) {
    throw wrong('can never match: revocations are no emergencies.', 'which');
  }
  if (risk !== undefined && !['low', 'medium', 'high'].includes(risk)) {
    throw wrong(`can never match: there is no risk "${risk}".`, 'risk');
  }
  const app = appOf(condition, apps);
  if (applicationId !== undefined && app === undefined) {
    throw wrong('can never match: its application is not here.', 'app');
  }
  const isThere = categories.some(
    (one) =>
      one.category.toLowerCase() === category?.toLowerCase() &&
      (applicationId === undefined || one.applicationId === applicationId),
  );
  if (category !== undefined && !isThere) {
    const where = app === undefined ? 'has' : `of ${app} has`;
    throw wrong(`can never match: no entitlement ${where} the category "${category}".`, 'category');
  }
}

/** A rule for which an earlier one leaves nothing would be there for show. */
function checkOrder(rules: readonly RuleEdit[], before: readonly RuleEdit[]): void {
  const idle = new Set(shadowed(before).map(({ at }) => keyOf(before[at])));
  const found = shadowed(rules).find(({ at }) => !idle.has(keyOf(rules[at])));
  if (!found) return;
  throw new Refusal(
    'invalid',
    `Rule ${found.at + 1} can never match: rule ${found.by + 1} comes first and takes everything it would. Put the narrower one first.`,
    'policy',
  );
}

function shadowed(rules: readonly RuleEdit[]): { at: number; by: number }[] {
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

async function namesOfApps(ctx: Ctx, rules: readonly RuleEdit[]) {
  const ids = rules.flatMap(({ condition }) => condition.applicationId ?? []);
  return nameApplications(ctx.db, ids);
}

function editOf({ condition, policyId }: PolicyRule): RuleEdit {
  return { condition, policyId };
}

function nameOf(policies: readonly PolicyHead[], id: number): string {
  return policies.find((one) => one.id === id)?.name ?? 'a policy that is gone';
}

/** The same for the same rule, however the store orders its parts. */
function keyOf(rule: RuleEdit | undefined): string {
  const { risk, applicationId, category, requesterIsManager, emergency } = rule?.condition ?? {};
  return JSON.stringify([
    rule?.policyId,
    ...[risk, applicationId, category, requesterIsManager, emergency],
  ]);
}

function printOf(rules: readonly RuleEdit[]): string {
  return createHash('sha256').update(rules.map(keyOf).join('\n')).digest('hex').slice(0, 16);
}
