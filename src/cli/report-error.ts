import { randomUUID } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { log, redact } from '../log.ts';

/**
 * Prints why a command failed: the sentence of a refusal, or one line for a bug. The stack of a bug
 * is logged only with LOG_LEVEL=debug.
 * @returns the exit code.
 */
export function reportError(error: unknown, output: Output): number {
  if (error instanceof Refusal) {
    output.err(redact(error.message));
    return 1;
  }
  const id = randomUUID().slice(0, 8);
  const message = error instanceof Error ? error.message : String(error);
  const [firstLine = ''] = redact(message).split('\n');
  output.err(`Something went wrong (${id}): ${firstLine}`);
  log.debug('a command failed', { id, error });
  return 1;
}
