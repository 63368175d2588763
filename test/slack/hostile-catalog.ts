import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import { approverWords, type StepEdit } from '../../src/governance/policies/steps.ts';
import { applicationsView, applicationView } from '../../src/slack/blocks/catalog/applications.ts';
import { entitlementsView, entitlementView } from '../../src/slack/blocks/catalog/entitlements.ts';
import { policiesView, policyView } from '../../src/slack/blocks/policies/policies.ts';
import { policyRuleView, rulesView } from '../../src/slack/blocks/policies/policy-rules.ts';
import { stepView } from '../../src/slack/blocks/policies/policy-step.ts';
import { previewView } from '../../src/slack/blocks/policies/preview.ts';
import { id, list, maybe, text } from './hostile-text.ts';

// Lists and forms of applications, entitlements and policies, with hostile data.

const people = list(fc.record({ id, name: text }), 101);
const own = {
  policyId: fc.option(id),
  emergencyPolicyId: fc.option(id),
  revokePolicyId: fc.option(id),
  policyNames: fc.record({
    policyId: maybe(text),
    emergencyPolicyId: maybe(text),
    revokePolicyId: maybe(text),
  }),
};
const risk = fc.constantFrom('low' as const, 'medium' as const, 'high' as const, null);
const place = fc.record({ page: fc.nat({ max: 3 }), note: maybe(fc.constant('Saved.')) });
const kind = fc.constantFrom('grant' as const, 'revoke' as const);
/** A step with the longest possible options. */
const step: fc.Arbitrary<StepEdit> = fc.record({
  kind: fc.constantFrom('approval' as const, 'provision' as const),
  approvers: fc.constantFrom(...(Object.keys(approverWords) as StepEdit['approvers'][])),
  reassignable: fc.boolean(),
  options: fc.record({
    people: fc.constant(Array.from({ length: 20 }, (_, at) => 1_000_000 + at)),
    userGroup: fc.constant('S0123456789A'),
    reassignTo: fc.constant('owners' as const),
    quorum: fc.constant(20),
    allowSelfApproval: fc.constant(true),
    distinctApprovers: fc.constant(true),
    approverMayProvision: fc.constant(false),
    allowDelegation: fc.constant(false),
    reasonToApprove: fc.constant(true),
    decideByEmail: fc.boolean(),
    remindAfterHours: fc.constant(2_160),
    escalateAfterHours: fc.constant(2_160),
  }),
});
const steps = fc.array(step, { minLength: 8, maxLength: 8 });
const head = { id, version: id, kind, builtIn: fc.boolean(), isDefault: fc.boolean() };
const draft = fc.record({ ...head, steps, window: fc.constant('V0123456789'), page: fc.nat(9) });
const rule = fc.record({
  condition: fc.record({
    risk: fc.constant('high' as const),
    applicationId: id,
    category: text,
    requesterIsManager: fc.boolean(),
  }),
  policyId: id,
  when: text,
  policy: text,
  app: maybe(text),
});

export const catalogViews: Record<string, fc.Arbitrary<ModalView>> = {
  'the applications': fc
    .tuple(
      fc.record({
        applications: list(fc.record({ id, name: text, owners: text, entitlements: fc.nat() }), 15),
        total: fc.nat(),
        ownerless: fc.nat(),
        pages: fc.constant(4),
      }),
      place,
    )
    .map(([found, at]) =>
      applicationsView({ ...found, applications: numbered(found.applications) }, at),
    ),
  'an application': fc
    .record({
      ...{ id, version: id, name: text, instructions: text },
      ...{ owners: people, provisioners: people },
      ...own,
    })
    .map((one) =>
      applicationView(
        { ...one, owners: numbered(one.owners), provisioners: numbered(one.provisioners) },
        { window: 'V1', page: 0 },
      ),
    ),
  'the entitlements': fc
    .tuple(
      fc.record({
        ...{ applicationId: id, app: text, total: fc.nat(), pages: fc.constant(4) },
        entitlements: list(
          fc.record({
            ...{ id, name: text, risk, category: fc.option(text) },
            ...{ requestable: fc.boolean(), mined: fc.boolean() },
          }),
          15,
        ),
      }),
      place,
    )
    .map(([found, at]) =>
      entitlementsView({ ...found, entitlements: numbered(found.entitlements) }, at),
    ),
  'an entitlement': fc
    .record({
      ...{ id, version: id, app: text, name: text, description: text, category: text, risk },
      ...{ requestable: fc.boolean(), emergencyAllowed: fc.boolean(), mined: fc.boolean() },
      ...{ owners: people, maxGrantDays: fc.option(id) },
      ...own,
    })
    .map((one) =>
      entitlementView({ ...one, owners: numbered(one.owners) }, { applicationId: 1, page: 0 }),
    ),
  'the policies': fc
    .record({
      all: list(fc.record({ ...head, name: text, steps, words: list(text, 8) }), 25),
      kind,
      page: fc.nat(3),
    })
    .map(({ all, ...at }) => policiesView(numbered(all), at)),
  'a policy': fc
    .tuple(
      draft,
      text.map((name) => name.replace(/\s+/g, ' ').slice(0, 60)),
      fc.array(text, { minLength: 8, maxLength: 8 }),
    )
    .map(([one, name, words]) => policyView(one, name, words)),
  'a step of a policy': fc
    .record({ step, people, draft, handle: text })
    .map(({ step, people, draft, handle }) =>
      stepView(
        step,
        { people: numbered(people), group: { id: 'S1', handle } },
        { window: 'V0123456789', at: 7, name: 'x'.repeat(60), draft },
      ),
    ),
  'the rules': fc
    .record({ kind, rules: list(rule, 40), byDefault: text, shown: fc.constant('a'.repeat(16)) })
    .map(rulesView),
  'a rule': fc
    .tuple(kind, maybe(rule))
    .map(([kind, one]) => policyRuleView(one, { kind, shown: 'a', at: 0, window: 'V1' })),
  'a preview': fc
    .record({
      sentence: fc.array(text, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(' → ')),
      ...{ policy: text, because: text, notes: list(text, 8), refused: maybe(text) },
    })
    .map(previewView),
};

/** Gives each record its own id, as in the database. */
function numbered<T extends { id: number }>(all: readonly T[]): T[] {
  return all.map((one, at) => ({ ...one, id: at + 1 }));
}
