import { type FieldValues, findField, requireChoice } from '../../form.ts';
import { policyOption } from '../../state/policies.ts';

// Fields that the forms of an application and of an entitlement share.

/** undefined if the form lacks the field because the text is too long: it stays unchanged. */
export function readEditedText(values: FieldValues, field: string): string | undefined {
  const found = findField(values, field);
  return found && (found.value ?? '');
}

export function readPolicies(values: FieldValues) {
  return {
    policyId: requireChoice(values, 'policyId', policyOption),
    emergencyPolicyId: requireChoice(values, 'emergencyPolicyId', policyOption),
    revokePolicyId: requireChoice(values, 'revokePolicyId', policyOption),
  };
}
