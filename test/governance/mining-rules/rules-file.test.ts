import { describe, expect, it } from 'vitest';
import { readMiningRules } from '../../../src/governance/mining-rules/rules-file.ts';
import { ruleDefaults } from '../../../src/mining/rules/mining-rule.ts';

const requiredAttributes = 'EntityType="Directory_User" Policy="Default"';
const read = (text: string) => readMiningRules(text, 'xml');
const one = (more = '') => `<MiningRule ${requiredAttributes} ${more}/>`;

describe('a file of mining rules as XML', () => {
  it('needs only the entity type and the policy of a rule', () => {
    const { enabledRules, entries } = read(one());
    expect(entries.map(({ rule }) => rule)).toEqual([
      {
        ...ruleDefaults,
        entityType: 'Directory_User',
        policy: 'Default',
        ruleType: 'required',
        enabled: true,
      },
    ]);
    expect(enabledRules).toEqual([{ name: 1, rule: { ...ruleDefaults, ruleType: 'required' } }]);
  });

  it('may contain every property', () => {
    const text = `<q:MiningRule xmlns:q="urn:q" Category="Finance &amp; Tax" EntityType="Directory_User" ExcludeRole="true"
      FalsePositiveMaxPercentage=" 1.5 " IncludeDoubleValidation="False" IncludeNoValidation="0" IncludeSimpleValidation="1"
      IncludeTripleValidation="false" Policy="Default" PrecisionMinPercentage="99.5" Priority="-2147483648"
      RulePolicy='Mining' RuleType="1"></q:MiningRule>`;
    expect(read(text)).toMatchObject({
      problems: [],
      warnings: [],
      entries: [
        {
          number: 1,
          rule: {
            policy: 'Default',
            rulePolicy: 'Mining',
            category: 'Finance & Tax',
            excludeRole: true,
            falsePositiveMaxPercent: 1.5,
            includeDoubleValidation: false,
            includeNoValidation: false,
            includeSimpleValidation: true,
            includeTripleValidation: false,
            precisionMinPercent: 99.5,
            priority: -2147483648,
            ruleType: 'requestedAutomatically',
          },
        },
      ],
    });
  });

  const entity = '<!ENTITY a "aaaaaaaaaa">';
  const noDoctype = 'a DOCTYPE with its own entities is not supported: remove it';
  it.each([
    ['', '1:1: there is no MiningRule in this file'],
    ['miningRules: []', '1:1: there is no MiningRule in this file'],
    [`\n<Rules>\n  ${one()}\n`, '2:1: this is not well-formed XML: unclosed tag: Rules'],
    ['<MiningRule Policy="a"/>', '1:1: rule 1 EntityType is missing'],
    [one('PrecisionMinPercentage="100.1"'), 'PrecisionMinPercentage expected a percentage from 0'],
    [one('FalsePositiveMaxPercentage="-1"'), 'FalsePositiveMaxPercentage expected a percentage'],
    [one('PrecisionMinPercentage="97,0"'), '1:58: rule 1 PrecisionMinPercentage expected a perc'],
    [one('PrecisionMinPercentage="NaN"'), 'PrecisionMinPercentage expected a percentage'],
    [one('Priority="1.5"'), 'Priority expected a whole number from'],
    [one('RuleType="3"'), 'RuleType expected 0 (required), 1 (requestedAutomatically) or 2 (sugg'],
    [one('ExcludeRole="yes"'), 'ExcludeRole expected true or false'],
    [one('Category=""'), 'Category expected text that is not empty'],
    [
      one('\n\n  Prioritty="1"'),
      '3:3: rule 1 Prioritty is unknown (did you mean Priority?); there are: ',
    ],
    [one('Policy="b"'), 'this is not well-formed XML: duplicate attribute: Policy'],
    [one('Category="&a;"'), 'this is not well-formed XML: undefined entity'],
    [
      `<?xml version="1.0" encoding="UTF-16"?>${one()}`,
      '1:1: the encoding UTF-16 is not supported: save it',
    ],
    [`<\0M\0/\0>\0`, '1:1: this is not UTF-8 text: save it as UTF-8'],
    [
      `<!DOCTYPE a [${entity}<!ENTITY b "&a;&a;&a;">]>${one('Category="&b;"')}`,
      `1:1: ${noDoctype}`,
    ],
    [
      `<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd">${one()}`,
      `2:1: ${noDoctype}`,
    ],
    ['<a>'.repeat(1_000_000), '1:193: this is nested too deeply'],
    [one().repeat(101), 'a file has at most 100 mining rules'],
    [`${one()}<!--${' '.repeat(5_000_000)}-->`, '1:1: the file is larger than 5 MB; split it'],
  ])('names the problem of %.60s', (text, sentence) => {
    const { enabledRules, problems } = read(text);
    expect(problems.join('\n')).toContain(sentence);
    expect(problems).toHaveLength(1);
    expect(enabledRules).toEqual([]);
  });

  it('warns of a low precision', () => {
    const { enabledRules, warnings } = read(one('PrecisionMinPercentage="1"'));
    expect([enabledRules.length, warnings]).toEqual([
      1,
      [
        '1:58: A precision of 1 % lets rules be wrong about more than half of all people; 99.5 is usual.',
      ],
    ]);
  });

  it('warns once of each skipped element, but not of the elements inside it', () => {
    const { enabledRules, warnings } = read(`<A><B><C/></B><B/>${one()}<B/></A><D/>`);
    expect(enabledRules).toHaveLength(1);
    expect(warnings).toEqual([
      '1:4: <B> was skipped 3 times: only <MiningRule> is read',
      expect.stringMatching(/<D> was skipped: only/),
    ]);
  });
});
