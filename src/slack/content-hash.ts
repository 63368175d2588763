import { createHash } from 'node:crypto';

/** What a copy shows, as a short string: equal content needs no call to Slack. */
export function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
