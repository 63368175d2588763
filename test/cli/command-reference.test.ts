import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/slack/commands/command-table.ts';
import { referenceFile, renderCommandReference } from '../support/command-reference.ts';

describe('the command reference', () => {
  it('is up to date; npm run docs:commands writes it again', () => {
    expect(readFileSync(referenceFile, 'utf8')).toBe(renderCommandReference());
  });

  it('describes each Slack command in two to four short sentences, with an example that runs it', () => {
    for (const { name, usage, summary, details, example } of commands) {
      expect(usage.split(' ')[0], name).toBe(name);
      expect(example, name).toMatch(new RegExp(`^/rolemine ${name}( |$)`));
      expect(summary, name).not.toMatch(/\.$/);
      const sentences = details.split(/(?<=[.!?]) /);
      expect(sentences.length, name).toBeGreaterThanOrEqual(2);
      expect(sentences.length, name).toBeLessThanOrEqual(4);
    }
  });

  it('names each command once', () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
  });
});
