import type { NewAssignee } from '../../store/tasks/task-changes.ts';
import type { Candidate } from '../policies/named-approvers.ts';
import {
  type Exclusions,
  exclusionReason,
  reluctanceReason,
  type StepRequirement,
} from './exclusions.ts';
import type { ApproverPool } from './fallback-levels.ts';
import {
  type FallbackLevel,
  type FallbackLevelName,
  fallbackChains,
  fallbackLevels,
} from './fallback-levels.ts';

/** The candidates for the steps of a task, and the people among them who must not decide. */
export interface ApproverCandidates {
  pool: ApproverPool;
  exclusions: Exclusions;
}

export interface Assignment {
  assignees: NewAssignee[];
  /** The reason why a later fallback level is asked; undefined when the first level is. */
  note: string | undefined;
  /** Set when only people were left whom a person of the task appointed, or whom no message reaches. */
  concern?: string | undefined;
}

/** Where to look for assignees. */
export interface Search {
  /** The level of the fallback chain to begin with; an escalation skips the earlier ones. */
  from?: number;
  /** How many different people are needed; by default the quorum of the step. */
  needed?: number;
}

/**
 * Chooses the assignees of a step: the people of the first level of its fallback chain in which enough may act, or
 * their delegates. People whom no message reaches, or whom a person of the task appointed, come after the last level.
 * If nobody may act, there are no assignees, and the note gives the reason.
 */
export function chooseAssignees(
  step: StepRequirement,
  candidates: ApproverCandidates,
  { from = 0, needed = quorumOf(step) }: Search = {},
): Assignment & { level: number } {
  const chain = fallbackChains[step.approvers];
  const passed: string[] = [];
  for (const [at, name] of chain.entries()) {
    if (at < from) continue;
    const level = levelOf(step, candidates, name);
    const chosen = level.willing.length >= needed ? level.willing : [];
    const assignees = seat(step, candidates, { ...level, people: chosen, needed });
    if (assignees.length >= needed) {
      const note = joinNotes([passedNote(passed, level.label), leftOutNote(level)]);
      return { assignees, note, level: at };
    }
    passed.push(skippedReason(level, needed));
  }
  return chooseReluctantly(step, candidates, { from, needed, passed });
}

/** Asks people who come after the last level, and says so. */
function chooseReluctantly(
  step: StepRequirement,
  candidates: ApproverCandidates,
  { from, needed, passed }: Required<Search> & { passed: readonly string[] },
): Assignment & { level: number } {
  const chain = fallbackChains[step.approvers];
  const note = `${capital(passed.join('; '))}.`;
  for (const [at, name] of chain.entries()) {
    if (at < from) continue;
    const level = levelOf(step, candidates, name);
    const people = [...level.willing, ...level.reluctant.map(({ candidate }) => candidate)];
    const assignees = seat(step, candidates, { ...level, people, needed });
    if (level.reluctant.length === 0 || assignees.length < needed) continue;
    const concern = `Nobody else is left to ask, although ${listReluctant(level)}.`;
    return { assignees, note: `${note} ${concern}`, concern, level: at };
  }
  return { assignees: [], note, level: chain.length };
}

/** The people of a level, by whether they may act and should. */
interface SortedLevel extends FallbackLevel {
  name: FallbackLevelName;
  willing: Candidate[];
  reluctant: { candidate: Candidate; reason: string }[];
  excluded: { candidate: Candidate; reason: string }[];
}

function levelOf(
  step: StepRequirement,
  { pool, exclusions }: ApproverCandidates,
  name: FallbackLevelName,
): SortedLevel {
  const level = fallbackLevels[name](pool, step.options);
  const sorted: SortedLevel = { ...level, name, willing: [], reluctant: [], excluded: [] };
  for (const candidate of level.people) {
    const excluded = exclusionReason(step, candidate, exclusions);
    const reluctance = reluctanceReason(candidate, exclusions);
    if (excluded !== undefined) sorted.excluded.push({ candidate, reason: excluded });
    else if (reluctance !== undefined) sorted.reluctant.push({ candidate, reason: reluctance });
    else sorted.willing.push(candidate);
  }
  return sorted;
}

/** A level whose people are about to become assignees. */
type Seating = Pick<SortedLevel, 'name' | 'why' | 'people'> & { needed: number };

/**
 * Makes people assignees, or their delegates where these may act. Nobody is asked twice. Where several must agree, a
 * delegate who already has a seat is passed over, because two seats of one person are one agreement.
 */
function seat(
  step: StepRequirement,
  candidates: ApproverCandidates,
  { name: level, why, people, needed }: Seating,
): NewAssignee[] {
  const byId = new Map<number, NewAssignee>();
  const own = new Set(people.map(({ id }) => id));
  for (const candidate of people) {
    const isTaken = (id: number) => needed > 1 && (own.has(id) || byId.has(id));
    const { id, name } = findLastDelegate(step, candidate, { candidates, isTaken });
    const delegateOf = id === candidate.id ? null : candidate.id;
    const known = byId.get(id);
    // Somebody who is asked in their own right is not asked as a delegate.
    if (!known || known.delegateOf !== null) {
      byId.set(id, { personId: id, name, why, level, delegateOf });
    }
  }
  return [...byId.values()];
}

/**
 * Finds the last person of a chain of delegations who may act. A delegate whom a person of the task named for somebody
 * else is none here.
 */
function findLastDelegate(
  step: StepRequirement,
  first: Candidate,
  { candidates, isTaken }: { candidates: ApproverCandidates; isTaken(id: number): boolean },
): Candidate {
  const { pool, exclusions } = candidates;
  if (step.options.allowDelegation === false) return first;
  const seen = new Set([first.id]);
  let [last, free] = [first, first];
  for (;;) {
    const next = pool.delegates.get(last.id);
    if (!next || seen.has(next.id)) return free;
    const { setBy = null } = next;
    const isForeign = setBy !== null && setBy !== last.id && exclusions.own.has(setBy);
    if (isForeign || exclusionReason(step, next, exclusions) || next.unreachable) return free;
    seen.add(next.id);
    last = next;
    if (!isTaken(next.id)) free = next;
  }
}

function passedNote(passed: readonly string[], label: string): string | undefined {
  return passed.length > 0 ? `${capital(passed.join('; '))}, so this goes to ${label}.` : undefined;
}

/** Says who of an asked level is left out although they may act. */
function leftOutNote(level: SortedLevel): string | undefined {
  return level.reluctant.length > 0 ? `${capital(listReluctant(level))}.` : undefined;
}

function listReluctant({ reluctant }: SortedLevel): string {
  return reluctant.map(({ candidate, reason }) => `${candidate.name} ${reason}`).join('; ');
}

function joinNotes(notes: readonly (string | undefined)[]): string | undefined {
  return notes.filter(Boolean).join(' ') || undefined;
}

function skippedReason(level: SortedLevel, needed: number): string {
  const [only, ...others] = level.people;
  if (!only) return level.none;
  if (level.willing.length > 0) {
    return `only ${level.willing.length} of ${level.label} may act, but ${needed} must agree`;
  }
  const [refused] = [...level.excluded, ...level.reluctant];
  return others.length === 0 && refused
    ? `${only.name} (${level.label}) ${refused.reason}`
    : `none of ${level.label} may act`;
}

/** The number of different people who must agree. Fewer never decide. */
export function quorumOf({ options }: Pick<StepRequirement, 'options'>): number {
  return Math.max(1, options.quorum ?? 1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
