import { z } from 'zod';
import { ruleTypeLabels } from '../../governance/mining-rules/describe.ts';
import { simulationTabs } from '../../governance/simulations/report.ts';
import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotted, json, keyOf, oneOrZero, orNull, rowId, wholeNumber } from './parts.ts';

/** The place of a window among rule policies. The window carries it so that it can be drawn again. */
const rulePlace = dotted({
  rulePolicyId: rowId,
  /** The version that was shown. */
  version: wholeNumber,
  /** The listed kind of rules. */
  list: z.enum(['mining', 'rules']),
  page: wholeNumber,
  /** The page of the list of policies behind it. */
  back: wholeNumber,
});
export type RulePlace = z.output<typeof rulePlace>;
export const rulePlaceForm = formCodec(rulePlace);

/** A rule policy in its form: a new one with the page of the list below, or an existing one with its place. */
export const rulePolicyForm = formCodec(
  z.union([
    dotted({ form: z.literal('new'), back: wholeNumber }),
    dotted({ form: z.literal('edit'), version: wholeNumber, place: rulePlace }),
  ]),
);

/** A mining rule in its form: the very first, which creates a policy, or one of the policy below the form. */
export const miningRuleForm = formCodec(
  z.union([
    dotted({ form: z.literal('first') }),
    dotted({ form: z.literal('new'), place: rulePlace }),
    dotted({
      form: z.literal('edit'),
      id: rowId,
      version: wholeNumber,
      enabled: oneOrZero,
      place: rulePlace,
    }),
  ]),
);

/** The shown version of a mining rule, and whether to switch it on or off. */
export const miningRuleSwitchButton = buttonCodec(
  dotted({ id: rowId, version: wholeNumber, enabled: oneOrZero }),
);

const ruleType = keyOf(ruleTypeLabels);
export const ruleTypeOption = optionCodec(ruleType);
/** Whether later mining rules may use the entitlements of a rule. */
export const excludeRoleOption = optionCodec(z.enum(['mine', 'leave']));
export const criterionOption = optionCodec(z.enum(['precision', 'coverage']));

/** The policy that gets the rules of a mining rule; null: the one that the first rule creates. */
export const rulePolicyOption = optionCodec(orNull(rowId, 'new'));

/** A handwritten rule that was previewed and is not saved yet. `gaining`: the number of people shown. */
export const writtenRuleForm = formCodec(
  json(
    z.strictObject({
      place: rulePlace,
      input: z.strictObject({
        rulePolicyId: z.int().min(1),
        entitlementId: z.int().min(1),
        criteria: z.array(z.strictObject({ dimension: z.string(), value: z.string() })),
        ruleType,
        priority: z.int(),
      }),
      gaining: z.int().min(0),
    }),
  ),
);

/** The rule that no longer grants access, and the number of grants shown. */
export const heldGrantsButton = buttonCodec(dotted({ ruleId: rowId, shown: wholeNumber }));

const simulationTab = z.enum(simulationTabs);
export const simulationTabButton = buttonCodec(simulationTab);
/** A simulation in detail, and the shown tab. */
export const simulationForm = formCodec(dotted({ id: rowId, tab: simulationTab }));
