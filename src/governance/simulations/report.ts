import { mustGet } from '../../collections.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeopleById } from '../../store/people/people.ts';
import {
  findSimulation,
  listSimulatedRules,
  type NamedSimulatedRule,
  type Simulation,
} from '../../store/rules/simulations.ts';
import type { RoleName } from '../../store/schema/people.ts';
import type { RuleChange, SimulationFigures, StoredRuleFigures } from '../../store/schema/rules.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';
import { ruleTypeLabels } from '../mining-rules/describe.ts';
import { hasPermission } from '../permissions.ts';
import { describeRules } from '../role-rules/describe.ts';
import { createRulePeopleReader } from './affected-people.ts';
import { type Effects, readEffects } from './effects.ts';
import {
  describeSimulationDecision,
  readSimulation,
  type SimulationRecord,
} from './simulations.ts';
import { explainStaleness } from './staleness.ts';

/** A rule of a simulation in words, with its figures. */
export interface ReportedRule {
  change: RuleChange;
  /** "GitHub · Admin" */
  entitlement: string;
  isHighRisk: boolean;
  /** "department = Sales and location = Lyon" */
  words: string;
  /** "Required" */
  type: string;
  figures: StoredRuleFigures;
  /** The figures of all rules of the entitlement together. */
  setFigures: StoredRuleFigures;
}

/** The result of a simulation for one message. */
export interface SimulationCard {
  id: number;
  policy: string;
  state: Simulation['state'];
  requestedBy: string | undefined;
  finishedAt: Date | undefined;
  figures: SimulationFigures | undefined;
  /** Why it must be refreshed before it can be applied; undefined if it can be applied. */
  stale: string | undefined;
  /** How it ended; undefined until then. */
  ended: SimulationRecord | undefined;
  /** Added, then removed, then kept rules. */
  rules: ReportedRule[];
}

/** Reads the card of a simulation for somebody with these roles; undefined if they may not see it. */
export async function readSimulationFor(
  ctx: Ctx,
  id: number,
  roles: readonly RoleName[],
): Promise<SimulationCard | undefined> {
  const isVisible = hasPermission(roles, 'mineRoles') && (await findSimulation(ctx.db, id));
  return isVisible ? (await readCard(ctx, id)).card : undefined;
}

async function readCard(ctx: Ctx, id: number) {
  const found = await readSimulation(ctx, id);
  const { simulation, policy, requestedBy } = found;
  const rules = simulation.state === 'open' ? await listSimulatedRules(ctx.db, id) : [];
  const card: SimulationCard = {
    id,
    policy,
    state: simulation.state,
    requestedBy: requestedBy ?? undefined,
    finishedAt: simulation.finishedAt ?? undefined,
    figures: simulation.figures ?? undefined,
    stale: await explainStaleness(ctx, simulation),
    ended: describeSimulationDecision(found),
    rules: await describeSimulatedRules(ctx, rules),
  };
  return { card, simulation, rules };
}

export const simulationTabs = ['added', 'removed', 'kept', 'people', 'held'] as const;
export type SimulationTab = (typeof simulationTabs)[number];

/** A rule with the names of its true positives, false positives and false negatives. */
export interface NamedRule extends ReportedRule {
  right: string[];
  wrong: string[];
  missed: string[];
}

/** A person and an entitlement to which their access would change. */
export interface ReportedPair {
  person: string;
  email: string | undefined;
  entitlement: string;
  /** The rule that is the reason; undefined if no rule grants the access any more. */
  words: string | undefined;
}

/** Two rules of different types about the same entitlement and people. */
export interface ReportedConflict {
  entitlement: string;
  /** "Required where department = Sales, against Suggested where location = Lyon" */
  words: string;
  people: number;
  /** Whether the rule of the simulation wins. */
  isOurs: boolean;
}

/** The people who would gain and lose access now. */
export interface SimulationPeople {
  gains: ReportedPair[];
  /** The gains with high risk. */
  highRisk: ReportedPair[];
  losses: ReportedPair[];
  redundant: ReportedPair[];
  conflicts: ReportedConflict[];
}

/** A simulation with one part in detail. */
export interface SimulationReport {
  card: SimulationCard;
  tab: SimulationTab;
  page: number;
  pages: number;
  /** Filled on the tabs of rules. */
  rules: NamedRule[];
  /** Filled on the tab of people. */
  people: SimulationPeople | undefined;
  /** Filled on the tab of rules that the limits held back: "GitHub · Admin" and the figures of its rules. */
  held: { entitlement: string; figures: StoredRuleFigures }[];
}

const rulesPerPage = 4;

/** Reads one page of a simulation. The people are those of now. @throws Refusal missing. */
export async function viewSimulation(
  ctx: ActorCtx,
  id: number,
  place: { tab: SimulationTab; page: number },
): Promise<SimulationReport> {
  await requirePermission(ctx, 'mineRoles');
  const { card, simulation, rules } = await readCard(ctx, id);
  const { tab } = place;
  const own = rules.filter(({ rule }) => rule.change === tab);
  const pages = Math.max(1, Math.ceil(own.length / rulesPerPage));
  const page = Math.min(Math.max(0, place.page), pages - 1);
  const shown = own.slice(page * rulesPerPage, (page + 1) * rulesPerPage);
  return {
    card,
    tab,
    page,
    pages,
    rules: shown.length > 0 ? await nameRules(ctx, shown, rules) : [],
    people: tab === 'people' ? await loadSimulationPeople(ctx, simulation, rules) : undefined,
    held: tab === 'held' ? await describeHeldBack(ctx, card) : [],
  };
}

export async function loadSimulationPeople(
  ctx: Ctx,
  { rulePolicyId, state }: Simulation,
  rules: readonly NamedSimulatedRule[],
): Promise<SimulationPeople> {
  const none = { gains: [], highRisk: [], losses: [], redundant: [], conflicts: [] };
  if (state !== 'open') return none;
  const effects = await readEffects(
    ctx,
    rulePolicyId,
    rules.map(({ rule }) => rule),
  );
  return describeEffects(ctx, effects);
}

async function describeEffects(ctx: Ctx, effects: Effects): Promise<SimulationPeople> {
  const { gains, highRisk, losses, redundant, conflicts } = effects;
  const pairs = [...gains, ...losses, ...redundant];
  const people = await listPeopleById(ctx.db, [...new Set(pairs.map((pair) => pair.personId))]);
  const personOf = new Map(people.map((person) => [person.id, person]));
  const nameOf = await nameEntitlements(ctx, [
    ...pairs.map(({ entitlementId }) => entitlementId),
    ...conflicts.map(({ rule }) => rule.entitlementId),
  ]);
  const rules = [
    ...new Set([
      ...[...gains, ...redundant].map(({ rule }) => rule),
      ...conflicts.flatMap(({ rule, other }) => [rule, other]),
    ]),
  ];
  const described = await describeRules(
    ctx,
    rules.map(({ criteria }) => ({ criteria, figures: null })),
  );
  const criteriaTexts = new Map(rules.map((rule, at) => [rule, described[at]?.criteriaText]));
  const toReported = (pair: { personId: number; entitlementId: number }, words?: string) => {
    const { name, email } = mustGet(personOf, pair.personId);
    const entitlement = nameOf(pair.entitlementId);
    return { person: name, email: email ?? undefined, entitlement, words };
  };
  return {
    gains: gains.map((pair) => toReported(pair, mustGet(criteriaTexts, pair.rule))),
    highRisk: highRisk.map((pair) => toReported(pair, mustGet(criteriaTexts, pair.rule))),
    losses: losses.map((pair) => toReported(pair)),
    redundant: redundant.map((pair) => toReported(pair, mustGet(criteriaTexts, pair.rule))),
    conflicts: conflicts.map(({ rule, other, people, winner }) => ({
      entitlement: nameOf(rule.entitlementId),
      words: [rule, other]
        .map((one) => `${ruleTypeLabels[one.ruleType]} where ${mustGet(criteriaTexts, one)}`)
        .join(', against '),
      people,
      isOurs: winner === rule,
    })),
  };
}

async function nameRules(
  ctx: Ctx,
  shown: readonly NamedSimulatedRule[],
  all: readonly NamedSimulatedRule[],
): Promise<NamedRule[]> {
  const reader = await createRulePeopleReader(ctx);
  const found = await reader.read(shown, all);
  const described = await describeSimulatedRules(ctx, shown);
  const namesOf = (people: readonly { name: string }[] = []) => people.map(({ name }) => name);
  return described.map((rule, at) => ({
    ...rule,
    right: namesOf(found[at]?.right),
    wrong: namesOf(found[at]?.wrong),
    missed: namesOf(found[at]?.missed),
  }));
}

/** Describes rules of a simulation, in their order. */
export async function describeSimulatedRules(
  ctx: Ctx,
  rules: readonly NamedSimulatedRule[],
): Promise<ReportedRule[]> {
  const described = await describeRules(
    ctx,
    rules.map(({ rule }) => rule),
  );
  const descriptions = new Map(described.entries());
  return rules.map(({ rule, app, entitlement, risk }, at) => ({
    change: rule.change,
    entitlement: `${app} · ${entitlement}`,
    isHighRisk: risk === 'high',
    words: mustGet(descriptions, at).criteriaText,
    type: ruleTypeLabels[rule.ruleType],
    figures: rule.figures,
    setFigures: rule.setFigures,
  }));
}

async function describeHeldBack(ctx: Ctx, { figures }: SimulationCard) {
  const held = figures?.heldBack ?? [];
  const nameOf = await nameEntitlements(
    ctx,
    held.map(({ entitlementId }) => entitlementId),
  );
  return held.map(({ entitlementId, ...setFigures }) => ({
    entitlement: nameOf(entitlementId),
    figures: setFigures,
  }));
}

async function nameEntitlements(ctx: Ctx, ids: readonly number[]) {
  const found = await listEntitlementsById(ctx.db, [...new Set(ids)]);
  const names = new Map(found.map(({ id, app, name }) => [id, `${app} · ${name}`]));
  return (id: number) => names.get(id) ?? 'an entitlement that no longer exists';
}
