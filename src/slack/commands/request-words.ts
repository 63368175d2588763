import { findEntitlements } from '../../governance/requests/find-entitlements.ts';
import type { CommandCall } from './call.ts';
import { toOneLine } from './parse.ts';
import { findNamedPerson } from './people.ts';

/** What somebody typed after `request` or `revoke`. */
export interface RequestWords {
  what: string;
  who: string | undefined;
  lastDay: string | undefined;
}

/** Reads `figma editor for @jane until 2027-01-31`. @param preposition the word before the person */
export function parseRequestWords(text: string, preposition: 'for' | 'from'): RequestWords {
  const line = toOneLine(text);
  const end = / until (?<day>\d{4}-\d\d-\d\d)$/i.exec(` ${line}`);
  const rest = end ? line.slice(0, Math.max(0, end.index - 1)) : line;
  const split = rest.toLowerCase().lastIndexOf(` ${preposition} `);
  const [what, who] =
    split < 0
      ? [rest, undefined]
      : [rest.slice(0, split), rest.slice(split + preposition.length + 2)];
  return { what: what.trim(), who: who?.trim() || undefined, lastDay: end?.groups?.day };
}

/** The person and the entitlements that the words mean. */
export interface MeantRequest {
  personId: number;
  entitlements: { id: number; name: string }[];
  lastDay: string | undefined;
}

/** Finds what the words after `request` mean. @throws Refusal missing, invalid (no or several such people). */
export async function readRequestWords(call: CommandCall): Promise<MeantRequest> {
  const { ctx, rest } = call;
  const { what, who, lastDay } = parseRequestWords(rest, 'for');
  const personId = who ? await findNamedPerson(call, who) : ctx.actor.personId;
  const found = await findEntitlements(ctx, { query: what, personId });
  const label = (one: { app: string; name: string }) => `${one.app} ${one.name}`.toLowerCase();
  const words = what
    .toLowerCase()
    .replace(/[\s·]+/g, ' ')
    .trim();
  const exact = found.filter((one) => label(one) === words);
  const meant = (exact.length > 0 ? exact : found).filter(({ held }) => !held);
  return {
    personId,
    lastDay,
    entitlements: meant.map(({ id, app, name }) => ({ id, name: `${app} · ${name}` })),
  };
}
