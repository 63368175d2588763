import { describe, expect, it } from 'vitest';
import { sentences } from '../../src/slack/commands/sentences.ts';
import { understand } from '../../src/slack/commands/understand.ts';

describe('plain sentences', () => {
  it.each(sentences.map(({ example, means }) => [example, means]))(
    '“%s” means %s',
    (example, means) => {
      expect(understand(example)).toBe(means);
    },
  );

  it.each([
    ['Hi Rolemine, could I please get access to Figma Editor?', 'request Figma Editor'],
    ['Hey, I need a Figma license please!', 'request Figma license'],
    ["I don't have access to Salesforce", 'request Salesforce'],
    ['can you give me access to the AWS console', 'request AWS console'],
    ['please give <@U123> access to GitHub Admin', 'request GitHub Admin for <@U123>'],
    [
      'access to GitHub for jane@acme.example until 2027-01-31',
      'request GitHub for jane@acme.example until 2027-01-31',
    ],
    ['GIVE ME ACCESS TO JIRA', 'request JIRA'],
    ['What do I have access to?', 'person me'],
    ['my access', 'person me'],
    ['what can Jane Doe access?', 'person Jane Doe'],
    ['who can see Salesforce Reports?', 'entitlement Salesforce Reports'],
    ['Where is my request?', 'requests'],
    ['what’s waiting for me?', 'tasks'],
    ['anything to approve?', 'tasks'],
    ['task #1042', 'task 1042'],
    ['who approved #1004', 'task 1004'],
    ['revoke GitHub Admin from Bo Chen', 'revoke GitHub Admin from Bo Chen'],
    ["I don't need Figma anymore", 'revoke Figma from me'],
    ['I am on vacation until Friday', 'delegate'],
    ['same access as @jane', 'request like @jane'],
    ['the weather is nice', undefined],
    ['', undefined],
  ])('“%s” means %s', (text, command) => {
    expect(understand(text)).toBe(command);
  });

  it('are at most 300 characters long', () => {
    const hostile = [
      'i need '.repeat(2_000),
      `give ${'a'.repeat(5_000)}`,
      `who has ${' '.repeat(9_000)}`,
    ];
    for (const text of hostile) expect(understand(text)).toBeUndefined();
  });
});
