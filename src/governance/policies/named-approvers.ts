import type { Person } from '../../store/people/people.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { listUserGroups } from '../../store/people/user-groups.ts';
import type { StepOptions } from '../../store/schema/tasks.ts';
import type { Ctx } from '../context.ts';
import { isNewMember } from '../people/slack-user-groups.ts';
import { loadStandings, type Standings } from '../people/standing.ts';

export interface Candidate {
  id: number;
  name: string;
  /** Whether the person is active in the company. The plan passes over inactive people and says so. */
  active: boolean;
  /** Why they may act on no step: "is a guest in Slack". */
  barred?: string | undefined;
  /** Why no message would reach them: "has no e-mail address and no Slack account". */
  unreachable?: string | undefined;
  /** The person who gave them the place that makes them a candidate; undefined: a source. */
  appointment?: { by: number; at: Date } | undefined;
}

/** The people and the Slack user groups that steps name, by id. */
export interface NamedApprovers {
  people: ReadonlyMap<number, Candidate>;
  groups: ReadonlyMap<string, NamedGroup>;
}

export interface NamedGroup {
  handle: string;
  memberIds: readonly number[];
}

/** The Slack user group that a step names; undefined when it names none or an unknown one. */
export function namedGroupOf(
  { groups }: NamedApprovers,
  { userGroup }: Pick<StepOptions, 'userGroup'>,
): NamedGroup | undefined {
  return userGroup === undefined ? undefined : groups.get(userGroup);
}

/** Reads the people whom steps name, directly or through a Slack user group. */
export async function loadNamedApprovers(
  ctx: Ctx,
  steps: readonly { options: StepOptions }[],
): Promise<NamedApprovers> {
  const groups = await listUserGroups(
    ctx.db,
    steps.flatMap(({ options }) => options.userGroup ?? []),
  );
  const people = await listPeopleById(ctx.db, [
    ...steps.flatMap(({ options }) => options.people ?? []),
    ...groups.flatMap((group) => group.memberIds),
  ]);
  const standingOf = await loadStandings(ctx, people);
  const known = people.map((person) => [person.id, toCandidate(person, standingOf)] as const);
  return {
    people: new Map(known),
    groups: new Map(
      groups.map((group) => [
        group.id,
        {
          handle: group.handle,
          memberIds: group.memberIds.filter((id) => !isNewMember(group, id, ctx.now)),
        },
      ]),
    ),
  };
}

export function toCandidate(person: Person, standingOf: Standings): Candidate {
  return { id: person.id, name: person.name, active: isActive(person), ...standingOf(person) };
}

export function isActive(person: Person): boolean {
  return person.active && person.closedAt === null;
}
