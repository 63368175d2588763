import { Lexer } from 'yaml';

/** A configuration file needs 8 levels. */
const maxDepth = 64;
const maxIndent = 200;

const depthChanges = new Map([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
]);

/**
 * Whether lists and maps are nested too deeply for the parser, which recurses once a level and
 * could run out of stack. V8 may then end the process, and no catch helps. The lexer used here
 * reads the text in a loop.
 */
export function isNestedTooDeeply(text: string): boolean {
  let bracketDepth = 0;
  let previousToken = '\n';
  let depthInLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (previousToken.endsWith('\n')) depthInLine = 0;
    bracketDepth += depthChanges.get(token) ?? 0;
    if (token === '-' || token === '?') depthInLine += 1;
    const isWide = token.length > maxIndent && previousToken.endsWith('\n') && token.trim() === '';
    if (Math.max(bracketDepth, depthInLine) > maxDepth || isWide) return true;
    previousToken = token;
  }
  return false;
}
/**
 * Maximum bytes of a configuration file. Reading 4 MB with 20,000 entitlements takes 4 seconds, and
 * the app does nothing else meanwhile.
 */
export const maxFileBytes = 5_000_000;
