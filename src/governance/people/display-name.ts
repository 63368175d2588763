import { listNamedPeople, type NamedPerson } from '../../store/people/names.ts';
import { type Person, selfEditedConnectors } from '../../store/people/people.ts';
import { cleanText } from '../../text.ts';
import type { Ctx } from '../context.ts';

// The names of people as every surface shows them (docs/governance.md#names-of-people). A decision is about a person,
// and a name alone does not say who that is: people write their names in Slack themselves, and two may be alike.

/** Alphabets with letters that look like those of another one. */
const alphabets = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/** Whether a word of the name has letters of two alphabets, as "Dаna" with a Cyrillic "а". */
function isMixed(name: string): boolean {
  const words = name.normalize('NFC').split(/[^\p{L}\p{M}]+/u);
  return words.some((word) => alphabets.filter((alphabet) => alphabet.test(word)).length > 1);
}

/** The name on one line, without invisible characters; empty if nothing visible is left. */
function cleanName(name: string): string {
  return cleanText(name).replace(/\s+/g, ' ').trim();
}

/**
 * The name that is shown. The address follows where the name does not say who it is: the person writes it themselves,
 * another active person has a name that looks the same, or the name disguises something.
 */
function formatName(person: NamedPerson): string {
  const { name, connector, hasNamesake } = person;
  const clean = cleanName(name);
  const address = addressOf(person);
  if (clean === '') return address;
  const marks = [
    ...(isMixed(clean) ? ['mixed alphabets'] : []),
    ...(clean === name.replace(/\s+/g, ' ').trim() ? [] : ['invisible characters removed']),
  ];
  const isUnclear = hasNamesake || selfEditedConnectors.includes(connector) || marks.length > 0;
  return isUnclear && clean !== address ? `${clean} (${[address, ...marks].join(', ')})` : clean;
}

/** @returns the e-mail address or another id that only this person has. */
function addressOf({ id, email, externalId }: Identified): string {
  return email ?? externalId ?? `person ${id}`;
}

type Identified = Pick<NamedPerson, 'id' | 'email' | 'externalId'>;

/** Adds the address to a name, for places where a decision depends on who it is. */
function withAddress(name: string, person: Identified): string {
  const address = addressOf(person);
  return name.includes(address) ? name : `${name} (${address})`;
}

/** Names a person for a decision: "Ana Ruiz (ana@acme.example), Engineer, Engineering". */
export function describePerson(
  person: Identified & Pick<Person, 'name' | 'connector' | 'jobTitle' | 'department'>,
): string {
  const { name, jobTitle, department, connector } = person;
  const isOwnTitle = jobTitle && selfEditedConnectors.includes(connector);
  const title = isOwnTitle ? `"${jobTitle}" by their Slack profile` : jobTitle;
  return [withAddress(name, person), title, department].filter(Boolean).join(', ');
}

/** Loads the names of people as surfaces show them, alone and with the address. */
export async function loadIdentities(
  ctx: Ctx,
  ids: readonly (number | null | undefined)[],
): Promise<Map<number, { name: string; identity: string }>> {
  const known = ids.filter((id) => id !== null && id !== undefined);
  const people = await listNamedPeople(ctx.db, known);
  return new Map(
    people.map((person) => {
      const name = formatName(person);
      return [person.id, { name, identity: withAddress(name, person) }];
    }),
  );
}

/** Loads the names of people as surfaces show them. */
export async function loadNames(
  ctx: Ctx,
  ids: readonly (number | null | undefined)[],
): Promise<Map<number, string>> {
  return new Map([...(await loadIdentities(ctx, ids))].map(([id, { name }]) => [id, name]));
}

/** Replaces the names of these people by those that surfaces show. */
export async function withNames<T extends { id: number; name: string }>(
  ctx: Ctx,
  people: readonly T[],
): Promise<T[]> {
  const names = await loadNames(
    ctx,
    people.map(({ id }) => id),
  );
  return people.map((person) => ({ ...person, name: names.get(person.id) ?? person.name }));
}
