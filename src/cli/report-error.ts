import { randomUUID } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { log, redact } from '../log.ts';

/**
 * Tells why a command failed: a refusal by its sentence, anything else as a bug, whose stack is logged
 * with LOG_LEVEL=debug only.
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
  output.err(`Something went wrong that should not have (${id}): ${firstLine}`);
  log.debug('a command failed', { id, error });
  return 1;
}
