import type { Measured, Section } from './page.ts';
import { measurePlantedRules } from './rules-planted.ts';
import { measureRuleSpeed } from './rules-speed.ts';
import { measureUniversityRules } from './rules-university.ts';

export const rules: Section = {
  name: 'rules',
  title: 'Single role rules by mining rules',
  measure: async (options) => {
    const parts: Measured[] = [
      measurePlantedRules(options),
      measureUniversityRules(),
      measureRuleSpeed(options),
    ];
    return {
      lines: parts.flatMap(({ lines }, at) => (at === 0 ? lines : ['', ...lines])),
      verdicts: parts.flatMap(({ verdicts }) => verdicts),
    };
  },
};
