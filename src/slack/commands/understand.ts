import { sentences } from './sentences.ts';

const polite = /^(?:hey|hi|hello|ok|okay|so|um|rolemine|please|pls|kindly)[\s,!:]+/;
const closing = /[\s,]*(?:please|pls|thanks|thank you|asap|now|today)?[\s?!.,…]*$/;

/** A sentence without salutation, politeness and end marks, in small letters but for what it names. */
function simplify(text: string): string {
  let line = text.replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim();
  while (polite.test(line.toLowerCase())) line = line.replace(/^\S+[\s,!:]+/, '');
  return line.slice(0, line.toLowerCase().search(closing)).trim();
}

/**
 * Finds the command that a plain sentence means.
 * @returns the command line; undefined for a sentence that no pattern knows.
 */
export function understand(text: string): string | undefined {
  // A longer text is no request in one sentence, and patterns must not run over it.
  if (text.length > 300) return undefined;
  const line = simplify(text);
  if (line === '') return undefined;
  for (const { pattern, command } of sentences) {
    const match = new RegExp(pattern.source, 'i').exec(line);
    if (match) return command({ ...match.groups }).trim();
  }
  return undefined;
}
