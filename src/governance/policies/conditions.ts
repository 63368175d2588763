import type { PolicyCondition } from '../../store/schema/tasks.ts';

/** "emergency, high risk, GitHub, category Code, requested by the manager" */
export function describeCondition(
  condition: PolicyCondition,
  apps: ReadonlyMap<number, string>,
): string {
  const { risk, applicationId, category, requesterIsManager, emergency } = condition;
  const words = [
    ...(emergency ? ['emergency'] : []),
    ...(risk ? [`${risk} risk`] : []),
    ...(applicationId ? [apps.get(applicationId) ?? 'a deleted application'] : []),
    ...(category ? [`category ${category}`] : []),
    ...(requesterIsManager === true ? ['requested by the manager'] : []),
    ...(requesterIsManager === false ? ['not requested by the manager'] : []),
  ];
  return words.join(', ') || 'everything';
}

/** Whether a condition matches everything except emergencies, which a rule matches only if it names them. */
export function isUnconditional(condition: object): boolean {
  return Object.entries(condition).every(
    ([key, value]) => value === undefined || (key === 'emergency' && value === false),
  );
}

/** Whether the first condition matches every task that the second one matches. */
export function covers(first: PolicyCondition, second: PolicyCondition): boolean {
  const includes = <T>(wide: T | undefined, narrow: T | undefined) =>
    wide === undefined || wide === narrow;
  return (
    (first.emergency ?? false) === (second.emergency ?? false) &&
    includes(first.risk, second.risk) &&
    includes(first.applicationId, second.applicationId) &&
    includes(first.category?.toLowerCase(), second.category?.toLowerCase()) &&
    includes(first.requesterIsManager, second.requesterIsManager)
  );
}
