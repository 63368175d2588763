import { type FieldValues, findField, requireChoice } from '../../form.ts';
import { policyOption } from '../../state/policies.ts';

// Fields that the forms of an application and of an entitlement share.

/** Undefined where the text is too long for the form to have the field: it stays as it is. */
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
