import { z } from 'zod';
import { ruleTypeLabels } from '../../governance/mining-rules/describe.ts';
import { simulationTabs } from '../../governance/simulations/report.ts';
import { buttonCodec, formCodec, optionCodec } from './codec.ts';
import { dotted, json, keyOf, oneOrZero, orNull, rowId, whole } from './parts.ts';

/** Where somebody is among rule policies: what a window carries, so that it can be drawn again. */
const rulePlace = dotted({
  rulePolicyId: rowId,
  /** As it was drawn. */
  version: whole,
  /** What is listed of it. */
  list: z.enum(['mining', 'rules']),
  page: whole,
  /** The page of the list of policies behind it. */
  back: whole,
});
export type RulePlace = z.output<typeof rulePlace>;
export const rulePlaceForm = formCodec(rulePlace);

/** A rule policy in its form: a new one with the page of the list below, or one with the window below. */
export const rulePolicyForm = formCodec(
  z.union([
    dotted({ form: z.literal('new'), back: whole }),
    dotted({ form: z.literal('edit'), version: whole, place: rulePlace }),
  ]),
);

/** A mining rule in its form: the first of all, which makes a policy, or one of the policy in the window below. */
export const miningRuleForm = formCodec(
  z.union([
    dotted({ form: z.literal('first') }),
    dotted({ form: z.literal('new'), place: rulePlace }),
    dotted({
      form: z.literal('edit'),
      id: rowId,
      version: whole,
      enabled: oneOrZero,
      place: rulePlace,
    }),
  ]),
);

/** A mining rule as it was drawn, and whether to switch it on or off. */
export const miningRuleSwitchButton = buttonCodec(
  dotted({ id: rowId, version: whole, enabled: oneOrZero }),
);

const ruleType = keyOf(ruleTypeLabels);
export const ruleTypeOption = optionCodec(ruleType);
/** Whether later mining rules look at the roles of a rule again. */
export const excludeRoleOption = optionCodec(z.enum(['mine', 'leave']));
export const criterionOption = optionCodec(z.enum(['precision', 'coverage']));

/** The policy that the rules of a mining rule go to; null: the one that is made with the first rule. */
export const rulePolicyOption = optionCodec(orNull(rowId, 'new'));

/** A rule written by hand between its preview and its saving. `gaining`: the number of people that was shown. */
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

/** Grants that a rule gives no more: the rule, and how many of them were shown. */
export const heldGrantsButton = buttonCodec(dotted({ ruleId: rowId, shown: whole }));

const simulationTab = z.enum(simulationTabs);
export const simulationTabButton = buttonCodec(simulationTab);
/** A simulation in detail, and what is shown of it. */
export const simulationForm = formCodec(dotted({ id: rowId, tab: simulationTab }));
