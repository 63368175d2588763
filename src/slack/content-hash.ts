import { createHash } from 'node:crypto';

/** A short hash of what a message copy shows. Equal content needs no call to Slack. */
export function hashContent(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
