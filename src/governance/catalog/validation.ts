import { keysOf } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { lockPolicies } from '../../store/policies/policies.ts';
import type { TaskKind } from '../../store/schema/tasks.ts';
import type { Ctx } from '../context.ts';

/** The policies of an application or entitlement; null where it has none of its own. */
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

/** The number of owners or provisioners that a form can name. */
export const maxOwners = 100;

/**
 * Checks and locks the chosen policies, so that none is deleted meanwhile.
 * @throws Refusal invalid (deleted, or not for this kind of task).
 */
export async function requirePolicies(ctx: Ctx, chosen: OwnPolicies): Promise<void> {
  // The type of Object.keys does not know the keys of the record.
  const fields = keysOf(kindOf);
  const known = await lockPolicies(
    ctx.db,
    fields.flatMap((field) => chosen[field] ?? []),
  );
  for (const field of fields) {
    if (chosen[field] === null) continue;
    const policy = known.find((one) => one.id === chosen[field]);
    if (!policy) {
      throw new Refusal('invalid', 'That policy is no longer here. Choose another one.', field);
    }
    if (policy.kind !== kindOf[field]) {
      const kind = kindOf[field] === 'grant' ? 'requests' : 'revocations';
      throw new Refusal('invalid', `"${policy.name}" is not a policy of ${kind}.`, field);
    }
  }
}

/**
 * Checks owners or provisioners that a form names. A present owner may stay, even if they have left.
 * @param owners.personIds undefined: the present owners stay
 * @param owners.before the present owners
 * @throws Refusal invalid (too many, unknown, not active).
 */
export async function requireOwners(
  ctx: Ctx,
  field: string,
  { personIds, before }: { personIds: readonly number[] | undefined; before: readonly number[] },
): Promise<number[]> {
  if (!personIds) return [...before];
  const ids = [...new Set(personIds)];
  if (ids.length > maxOwners) {
    throw new Refusal('invalid', `Choose at most ${maxOwners} people.`, field);
  }
  const known = new Map((await listPeopleById(ctx.db, ids)).map((one) => [one.id, one]));
  for (const id of ids) {
    const person = known.get(id);
    if (!person) throw new Refusal('invalid', 'One of these people is not known here.', field);
    if (!before.includes(id) && !isActive(person)) {
      throw new Refusal('invalid', `${person.name} is not active. Choose somebody else.`, field);
    }
  }
  return ids.sort((a, b) => a - b);
}

function isActive(person: Person): boolean {
  return person.active && person.closedAt === null;
}

/** The maximum length of a text in a form. */
export const maxTextLength = 3_000;

/**
 * Trims a text from a form; an empty one becomes null.
 * @param input.text undefined: the text stays as it was
 * @throws Refusal invalid when it is too long.
 */
export function toFieldText(
  field: string,
  input: { text: string | undefined; before: string | null; max?: number },
): string | null {
  const { text, before, max = maxTextLength } = input;
  if (text === undefined) return before;
  const trimmed = text.trim();
  if (trimmed.length > max) {
    throw new Refusal('invalid', `This is too long: write at most ${max} characters.`, field);
  }
  return trimmed || null;
}
