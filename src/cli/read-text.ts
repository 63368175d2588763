import { readFileSync, statSync } from 'node:fs';
import { Refusal } from '../errors.ts';
import { maxFileBytes } from '../governance/mining-rules/file-limits.ts';

/**
 * Reads a text file.
 * @throws Refusal invalid, missing: the file cannot be read, in one sentence.
 */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > maxFileBytes) {
      throw new Refusal(
        'invalid',
        `${file} is larger than 5 MB. Split it: applying a part leaves the rest unchanged.`,
      );
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof TypeError) {
      throw new Refusal('invalid', `${file} is not UTF-8 text: save it as UTF-8.`);
    }
    throw new Refusal('missing', `${file} cannot be read: ${reasonOf(error)}.`);
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EEXIST: 'it already exists; choose another name or delete it',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** The reason why the system did not read or write a file, as the end of a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}
