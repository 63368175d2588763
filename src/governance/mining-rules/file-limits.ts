import { Lexer } from 'yaml';

/** The shape of a configuration needs 8 levels. */
const maxDepth = 64;
const maxIndent = 200;

const steps = new Map([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
]);

/**
 * Whether lists and maps are nested so deeply that the parser, which calls itself for each level, could run out
 * of stack; V8 then may end the process, and no catch helps. The lexer reads the text in a loop.
 */
export function isTooDeep(text: string): boolean {
  let brackets = 0;
  let before = '\n';
  let inLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (before.endsWith('\n')) inLine = 0;
    brackets += steps.get(token) ?? 0;
    if (token === '-' || token === '?') inLine += 1;
    const isWide = token.length > maxIndent && before.endsWith('\n') && token.trim() === '';
    if (Math.max(brackets, inLine) > maxDepth || isWide) return true;
    before = token;
  }
  return false;
}
/** Bytes of a configuration file. Reading 4 MB, of 20,000 entitlements, takes 4 s, in which the app does nothing else. */
export const maxFileBytes = 5_000_000;
