import { describe, expect, it } from 'vitest';
import { formatCsvLine } from '../../../src/governance/wording/csv-line.ts';

describe('a line for a spreadsheet', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+33 1', "'+33 1"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=a,"b"', `"'=a,""b"""`],
  ])('%j is written %j', (cell, written) => {
    expect(formatCsvLine([cell])).toBe(`${written}\r\n`);
  });

  it('numbers stay numbers, and what is not known is empty', () => {
    expect(formatCsvLine(['a', -2, 3.5, undefined, ''])).toBe('a,-2,3.5,,\r\n');
  });
});
