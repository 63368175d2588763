import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/governance/config-file/read.ts';

/** "line:column key value: message" of each problem. */
const problemsOf = (text: string) =>
  readConfigFile(text).problems.map(({ line, column, key, value, message }) => {
    const about = [`${line}:${column}`, key, value].filter((part) => part !== undefined);
    return `${about.join(' ')}: ${message}`;
  });

describe('the form of a configuration file', () => {
  it('every problem is listed with its place', () => {
    const text = `applications:
  - name: 2024
    owners: kim@acme.example
    colour: red
    entitlements:
      - name: Admin
        risk: hgih
        longestDays: 0
        requestable: yes
policies:
  - name: Strict
    steps: []
  - name: Odd
    steps:
      - approvers: the boss
roles:
  kim@acme.example: [king]
minig: {}
`;
    const byLine = (a: string, b: string) => Number(a.split(':')[0]) - Number(b.split(':')[0]);
    const problems = problemsOf(text).sort(byLine);
    expect(problems).toEqual([
      '2:11 name 2024: expected a text; a number or date goes in quotes',
      '3:13 owners "kim@acme.example": expected a list of e-mail addresses',
      expect.stringMatching(/^4:5 "colour": is an unknown key; known keys: name, owners, /),
      '7:15 risk "hgih": expected low, medium or high',
      '8:22 longestDays 0: expected a whole number from 1 to 3,650',
      '9:22 requestable "yes": expected true or false',
      '12:12 steps: expected at least one step',
      expect.stringMatching(/^15:20 approvers "the boss": expected manager, application_owners, /),
      expect.stringMatching(/^17:22 kim@acme\.example "king": expected access_request_helpdesk, /),
      expect.stringMatching(/^18:1 "minig": is an unknown key; known keys: applications, /),
    ]);
  });

  it.each([
    ['a key twice', 'roles: {}\nroles: {}', /^2:1 "roles": this key appears twice$/],
    ['nothing', '# only words\n', /^1:1: this file is empty$/],
    ['a list', '- a', /^1:1: expected a map with: applications, policies/],
    ['invalid YAML', 'roles: [a', /^1:10: .* end with a \]$/],
    ['two documents', 'roles: {}\n---\nroles: {}', /^2:1: .*multiple documents/],
    ['a tag', 'roles: !wat {}', /^1:8: Unresolved tag: !wat/],
    ['an unknown alias', 'roles: *nobody', /^1:8: there is no earlier anchor/],
    ['too much', 'x'.repeat(5_000_001), /^1:1: the file is larger than 5 MB; split it$/],
    ['too many brackets', '['.repeat(100_000), /^1:1: this is nested too deeply$/],
    ['too many dashes', '- '.repeat(100_000), /^1:1: this is nested too deeply$/],
    ['too wide an indent', `a:\n${' '.repeat(300)}b: 1`, /^1:1: this is nested too deeply$/],
  ])('%s is refused', (_, text, sentence) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });

  it('aliases that expand too much are refused at once; a list used twice is allowed', () => {
    const lines = ['a0: &a0 [x, x]'];
    for (let at = 1; at < 30; at++) lines.push(`a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`);
    expect(problemsOf(lines.join('\n'))).toEqual([
      expect.stringMatching(/^2:10: aliases \(\*name\) repeat too much/),
    ]);
    expect(problemsOf('a: &a [*a]')).toHaveLength(1);
    const twice =
      'applications:\n  - {name: A, owners: &us [a@x.example]}\n  - {name: B, owners: *us}';
    expect(readConfigFile(twice).config?.applications?.[1]?.owners).toEqual(['a@x.example']);
    expect(problemsOf(twice.replace('a@x.example', '7'))).toHaveLength(2);
  });
});
