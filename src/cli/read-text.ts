import { readFileSync, statSync } from 'node:fs';
import { Refusal } from '../errors.ts';
import { maxFileBytes } from '../governance/mining-rules/file-limits.ts';

/** The text of a file. @throws Refusal invalid, missing: it cannot be read, in one sentence. */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > maxFileBytes) {
      throw new Refusal(
        'invalid',
        `${file} is larger than 5 MB: split it; what one file leaves out is left alone.`,
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
  ENOENT: 'there is no such file or folder',
  EEXIST: 'it is there already; take another name or delete it',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

/** Why the system did not read or write a file, to end a sentence with. */
export function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
