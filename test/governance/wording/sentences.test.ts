import { describe, expect, it } from 'vitest';
import { joinSentences, toSentence } from '../../../src/governance/wording/sentences.ts';

describe('joined sentences', () => {
  it.each([
    ['Ana approved this', 'Ana approved this.'],
    ['Ana approved this.', 'Ana approved this.'],
    ['Revoke GitHub from Ana?', 'Revoke GitHub from Ana?'],
    ['Stop!', 'Stop!'],
    ['The reason was cut…', 'The reason was cut…'],
    ['She wrote "I start on Monday."', 'She wrote "I start on Monday."'],
    ['She wrote “Is it ready?”', 'She wrote “Is it ready?”'],
    ['She wrote "no end mark"', 'She wrote "no end mark".'],
    [' spaces around ', 'spaces around.'],
    ['', ''],
  ])('"%s" ends as "%s"', (text, sentence) => {
    expect(toSentence(text)).toBe(sentence);
  });

  it('have one end mark each, and empty ones leave no gap', () => {
    expect(
      joinSentences(['Revoke GitHub from Ana?', undefined, 'Confirmed', '', 'Task 1002.']),
    ).toBe('Revoke GitHub from Ana? Confirmed. Task 1002.');
  });
});
