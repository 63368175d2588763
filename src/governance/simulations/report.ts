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
import { openNames } from './affected-people.ts';
import { type Effects, readEffects } from './effects.ts';
import { decisionOf, readSimulation, type SimulationRecord } from './simulations.ts';
import { staleReason } from './staleness.ts';

/** A rule of a simulation as it is read. */
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
  /** Of all rules of the entitlement together. */
  setFigures: StoredRuleFigures;
}

/** What a simulation found, as one message says it. */
export interface SimulationCard {
  id: number;
  policy: string;
  state: Simulation['state'];
  requestedBy: string | undefined;
  finishedAt: Date | undefined;
  figures: SimulationFigures | undefined;
  /** Why it must be refreshed before it can be applied. */
  stale: string | undefined;
  /** How it ended. */
  ended: SimulationRecord | undefined;
  /** Added, then removed, then kept ones. */
  rules: ReportedRule[];
}

/** What the card of a simulation says now to somebody with these roles; undefined: nothing. */
export async function readSimulationFor(
  ctx: Ctx,
  id: number,
  roles: readonly RoleName[],
): Promise<SimulationCard | undefined> {
  const isThere = hasPermission(roles, 'mineRoles') && (await findSimulation(ctx.db, id));
  return isThere ? (await readCard(ctx, id)).card : undefined;
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
    stale: await staleReason(ctx, simulation),
    ended: decisionOf(found),
    rules: await describeSimulated(ctx, rules),
  };
  return { card, simulation, rules };
}

export const simulationTabs = ['added', 'removed', 'kept', 'people', 'held'] as const;
export type SimulationTab = (typeof simulationTabs)[number];

/** A rule with the people it is right and wrong about now, by name. */
export interface NamedRule extends ReportedRule {
  right: string[];
  wrong: string[];
  missed: string[];
}

/** Somebody and what would become of their access to something. */
export interface ReportedPair {
  person: string;
  email: string | undefined;
  entitlement: string;
  /** The rule that is the reason; undefined where none gives it any more. */
  words: string | undefined;
}

/** Two rules that say something else about the same people. */
export interface ReportedConflict {
  entitlement: string;
  /** "Required where department = Sales, against Suggested where location = Lyon" */
  words: string;
  people: number;
  /** Whether the rule of the simulation wins. */
  isOurs: boolean;
}

/** Who gains and loses, as things are now. */
export interface SimulationPeople {
  gains: ReportedPair[];
  /** Of the gains, those of high risk. */
  highRisk: ReportedPair[];
  losses: ReportedPair[];
  redundant: ReportedPair[];
  conflicts: ReportedConflict[];
}

/** A simulation, one part of it in detail. */
export interface SimulationReport {
  card: SimulationCard;
  tab: SimulationTab;
  page: number;
  pages: number;
  /** On the pages of rules. */
  rules: NamedRule[];
  /** On the page of people. */
  people: SimulationPeople | undefined;
  /** On the page of what was held back: "GitHub · Admin", and how far its rules reach. */
  held: { entitlement: string; figures: StoredRuleFigures }[];
}

const rulesOnPage = 4;

/** What a simulation found, a page at a time; names are of now. @throws Refusal missing. */
export async function viewSimulation(
  ctx: ActorCtx,
  id: number,
  place: { tab: SimulationTab; page: number },
): Promise<SimulationReport> {
  await requirePermission(ctx, 'mineRoles');
  const { card, simulation, rules } = await readCard(ctx, id);
  const { tab } = place;
  const own = rules.filter(({ rule }) => rule.change === tab);
  const pages = Math.max(1, Math.ceil(own.length / rulesOnPage));
  const page = Math.min(Math.max(0, place.page), pages - 1);
  const shown = own.slice(page * rulesOnPage, (page + 1) * rulesOnPage);
  return {
    card,
    tab,
    page,
    pages,
    rules: shown.length > 0 ? await nameRules(ctx, shown, rules) : [],
    people: tab === 'people' ? await readPeople(ctx, simulation, rules) : undefined,
    held: tab === 'held' ? await readHeld(ctx, card) : [],
  };
}

export async function readPeople(
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
  const said = await describeRules(
    ctx,
    rules.map(({ criteria }) => ({ criteria, figures: null })),
  );
  const wordsOf = new Map(rules.map((rule, at) => [rule, said[at]?.criteriaText ?? '']));
  const report = (pair: { personId: number; entitlementId: number }, words?: string) => ({
    person: personOf.get(pair.personId)?.name ?? 'Somebody',
    email: personOf.get(pair.personId)?.email ?? undefined,
    entitlement: nameOf(pair.entitlementId),
    words,
  });
  return {
    gains: gains.map((pair) => report(pair, wordsOf.get(pair.rule))),
    highRisk: highRisk.map((pair) => report(pair, wordsOf.get(pair.rule))),
    losses: losses.map((pair) => report(pair)),
    redundant: redundant.map((pair) => report(pair, wordsOf.get(pair.rule))),
    conflicts: conflicts.map(({ rule, other, people, winner }) => ({
      entitlement: nameOf(rule.entitlementId),
      words: [rule, other]
        .map((one) => `${ruleTypeLabels[one.ruleType]} where ${wordsOf.get(one)}`)
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
  const names = await openNames(ctx);
  const found = await names.read(shown, all);
  const said = await describeSimulated(ctx, shown);
  const namesOf = (people: readonly { name: string }[] = []) => people.map(({ name }) => name);
  return said.map((rule, at) => ({
    ...rule,
    right: namesOf(found[at]?.right),
    wrong: namesOf(found[at]?.wrong),
    missed: namesOf(found[at]?.missed),
  }));
}

/** Puts rules of a simulation into words. */
export async function describeSimulated(
  ctx: Ctx,
  rules: readonly NamedSimulatedRule[],
): Promise<ReportedRule[]> {
  const words = await describeRules(
    ctx,
    rules.map(({ rule }) => rule),
  );
  return rules.map(({ rule, app, entitlement, risk }, at) => ({
    change: rule.change,
    entitlement: `${app} · ${entitlement}`,
    isHighRisk: risk === 'high',
    words: words[at]?.criteriaText ?? '',
    type: ruleTypeLabels[rule.ruleType],
    figures: rule.figures,
    setFigures: rule.setFigures,
  }));
}

async function readHeld(ctx: Ctx, { figures }: SimulationCard) {
  const held = figures?.heldBack ?? [];
  const nameOf = await nameEntitlements(
    ctx,
    held.map(({ entitlementId }) => entitlementId),
  );
  return held.map(({ entitlementId, ...counted }) => ({
    entitlement: nameOf(entitlementId),
    figures: counted,
  }));
}

async function nameEntitlements(ctx: Ctx, ids: readonly number[]) {
  const found = await listEntitlementsById(ctx.db, [...new Set(ids)]);
  const names = new Map(found.map(({ id, app, name }) => [id, `${app} · ${name}`]));
  return (id: number) => names.get(id) ?? 'an entitlement that is gone';
}
