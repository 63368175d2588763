import { Refusal } from '../../errors.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { lockPolicies } from '../../store/policies/policies.ts';
import type { TaskKind } from '../../store/schema/tasks.ts';
import type { Ctx } from '../context.ts';

/** The policies of an application or entitlement; null: whatever applies without. */
export interface OwnPolicies {
  policyId: number | null;
  emergencyPolicyId: number | null;
  revokePolicyId: number | null;
}

const kindOf = {
  policyId: 'grant',
  emergencyPolicyId: 'grant',
  revokePolicyId: 'revoke',
} as const satisfies Record<keyof OwnPolicies, TaskKind>;

/** The most people that a form can name as owners or provisioners of one thing. */
export const maxOwners = 100;

/**
 * Locks the policies, so that none is deleted while it is being chosen.
 * @throws Refusal invalid (gone, or not for this kind of task).
 */
export async function requirePolicies(ctx: Ctx, chosen: OwnPolicies): Promise<void> {
  const fields = Object.keys(kindOf) as (keyof OwnPolicies)[];
  const known = await lockPolicies(
    ctx.db,
    fields.flatMap((field) => chosen[field] ?? []),
  );
  for (const field of fields) {
    if (chosen[field] === null) continue;
    const policy = known.find((one) => one.id === chosen[field]);
    if (!policy) {
      throw new Refusal('invalid', 'That policy is no longer here; choose another one.', field);
    }
    if (policy.kind !== kindOf[field]) {
      const kind = kindOf[field] === 'grant' ? 'requests' : 'revocations';
      throw new Refusal('invalid', `"${policy.name}" is not a policy of ${kind}.`, field);
    }
  }
}

/**
 * People who become responsible for something. Who is so already may stay, here or not; undefined: all of them.
 * @param already those who are responsible now.
 */
export async function requireOwners(
  ctx: Ctx,
  field: string,
  personIds: readonly number[] | undefined,
  already: readonly number[],
): Promise<number[]> {
  if (!personIds) return [...already];
  const ids = [...new Set(personIds)];
  if (ids.length > maxOwners) {
    throw new Refusal('invalid', `Choose at most ${maxOwners} people.`, field);
  }
  const known = new Map((await listPeopleById(ctx.db, ids)).map((one) => [one.id, one]));
  for (const id of ids) {
    const person = known.get(id);
    if (!person) throw new Refusal('invalid', 'One of these people is not known here.', field);
    if (!already.includes(id) && !isHere(person)) {
      throw new Refusal('invalid', `${person.name} is not active; choose somebody else.`, field);
    }
  }
  return ids.sort((a, b) => a - b);
}

function isHere(person: Person): boolean {
  return person.active && person.closedAt === null;
}

/** What a field of a form takes. */
export const maxTextLength = 3_000;

/**
 * Text of a form: trimmed, and null without any; undefined leaves it as it is.
 * @throws Refusal invalid when it is too long.
 */
export function toFieldText(
  field: string,
  text: string | undefined,
  before: string | null,
  most = maxTextLength,
): string | null {
  if (text === undefined) return before;
  const trimmed = text.trim();
  if (trimmed.length > most) {
    throw new Refusal('invalid', `This is too long: write at most ${most} characters.`, field);
  }
  return trimmed || null;
}
