import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import {
  parseCriteria,
  parseDelegate,
  parseMention,
  splitWord,
  toPlainCommand,
} from '../../src/slack/commands/parse.ts';

/** Reads a line from Slack as the command does. */
const read = (text: string) => parseCriteria(toPlainCommand(text));

describe('the arguments of /rolemine analyze', () => {
  it('may name attributes in quotes, as they are written in a file', () => {
    expect(
      read('"Org Unit Path [Required]"=/Sales “Team/Squad”="Red, Blue" team/squad=Green'),
    ).toEqual([
      { dimension: 'Org Unit Path [Required]', values: ['/Sales'] },
      { dimension: 'Team/Squad', values: ['Red, Blue'] },
      { dimension: 'team/squad', values: ['Green'] },
    ]);
  });

  it.each([
    ['department=Engineering', [{ dimension: 'department', values: ['Engineering'] }]],
    ['department = Engineering', [{ dimension: 'department', values: ['Engineering'] }]],
    ['department=Sales,Marketing', [{ dimension: 'department', values: ['Sales', 'Marketing'] }]],
    [
      'department=Sales , "Customer Success"',
      [{ dimension: 'department', values: ['Sales', 'Customer Success'] }],
    ],
    [
      'department=Engineering job_title="Site Reliability Engineer"',
      [
        { dimension: 'department', values: ['Engineering'] },
        { dimension: 'job_title', values: ['Site Reliability Engineer'] },
      ],
    ],
    [
      'job_title=“Site Reliability Engineer”',
      [{ dimension: 'job_title', values: ['Site Reliability Engineer'] }],
    ],
    ['job_title=„Leiter Einkauf“', [{ dimension: 'job_title', values: ['Leiter Einkauf'] }]],
    ['location="Paris, France"', [{ dimension: 'location', values: ['Paris, France'] }]],
    ['Kostenstelle=4711-Ü', [{ dimension: 'Kostenstelle', values: ['4711-Ü'] }]],
  ])('%s is read: a space means and, a comma means or', (text, criteria) => {
    expect(read(text)).toEqual(criteria);
  });

  it('a mention gives its user, even with a name of several words', () => {
    const [criterion] = read('manager=<@U012AB3CD|bo>');
    expect(parseMention(criterion?.values[0] ?? '')).toBe('U012AB3CD');
    expect(read('manager=<@U1|Bo Chen>,<@U2>')).toEqual([
      { dimension: 'manager', values: ['<@U1|Bo Chen>', '<@U2>'] },
    ]);
    expect(parseMention('bo@acme.example')).toBeUndefined();
  });

  it('links, addresses and escapes of Slack are read as typed', () => {
    expect(read('manager=<mailto:bo@acme.example|bo@acme.example>')).toEqual([
      { dimension: 'manager', values: ['bo@acme.example'] },
    ]);
    expect(read('location=<http://acme.example|acme.example>')).toEqual([
      { dimension: 'location', values: ['acme.example'] },
    ]);
    expect(read('department="R&amp;D"')).toEqual([{ dimension: 'department', values: ['R&D'] }]);
    expect(toPlainCommand('a &lt;b&gt; &amp;lt; c')).toBe('a <b> &lt; c');
  });

  it.each([
    ['job_title="Site Reliability', /A quotation mark is not closed/],
    ['job_title=“Site Reliability', /A quotation mark is not closed/],
    ['department=Human Resources', /"Resources" cannot be read/],
    ['Engineering', /"Engineering" cannot be read/],
    ['department=', /"department=" cannot be read/],
    ['=Engineering', /cannot be read/],
    ['department=a,', /cannot be read/],
    ['department=""', /cannot be read/],
  ])('%s is refused with an example of the form', (text, sentence) => {
    expect(() => read(text)).toThrow(Refusal);
    expect(() => read(text)).toThrow(sentence);
    expect(() => read(text)).toThrow(/\/rolemine analyze department=Engineering/);
  });

  it('a long unreadable line is refused quickly', () => {
    const before = performance.now();
    expect(() => read(`department=${'a,'.repeat(2_000)}`)).toThrow(Refusal);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

it('the first word of a line is the command in any case; the rest stays as typed', () => {
  expect(splitWord('  Analyze  department=Engineering ')).toEqual({
    word: 'analyze',
    rest: 'department=Engineering',
  });
  expect(splitWord('')).toEqual({ word: '', rest: '' });
});

describe('the arguments of /rolemine delegate', () => {
  const nobody = { to: undefined, from: undefined, until: undefined, whose: undefined };
  it.each([
    ['<@U1|kim lee>', { ...nobody, to: '<@U1|kim lee>' }],
    ['<@U1> until 2027-01-10', { ...nobody, to: '<@U1>', until: '2027-01-10' }],
    [
      '<@U1> From 2027-01-04 until 2027-01-10 for <@U2|ana>',
      { to: '<@U1>', from: '2027-01-04', until: '2027-01-10', whose: '<@U2|ana>' },
    ],
    ['off', nobody],
    ['OFF for <@U2>', { ...nobody, whose: '<@U2>' }],
  ])('%s is read', (text, line) => {
    expect(parseDelegate(text)).toEqual(line);
  });

  it.each(['<@U1> until', '<@U1> forever', '<@U1> until 2027-01-10 until 2027-01-11'])(
    '%s is refused with an example of the form',
    (text) => {
      expect(() => parseDelegate(text)).toThrow('Write for example: /rolemine delegate @kim until');
    },
  );
});
