import type { PolicyCondition } from '../../store/schema/tasks.ts';

/** "emergency, high risk, GitHub, category Code, the manager asks" */
export function describeCondition(
  condition: PolicyCondition,
  apps: ReadonlyMap<number, string>,
): string {
  const { risk, applicationId, category, requesterIsManager, emergency } = condition;
  const words = [
    ...(emergency ? ['emergency'] : []),
    ...(risk ? [`${risk} risk`] : []),
    ...(applicationId ? [apps.get(applicationId) ?? 'an application that is gone'] : []),
    ...(category ? [`category ${category}`] : []),
    ...(requesterIsManager === true ? ['the manager asks'] : []),
    ...(requesterIsManager === false ? ['somebody other than the manager asks'] : []),
  ];
  return words.join(', ') || 'everything';
}

/** Whether a condition leaves nothing out but emergencies, which no rule is about unless it says so. */
export function isUnconditional(condition: object): boolean {
  return Object.entries(condition).every(
    ([key, value]) => value === undefined || (key === 'emergency' && value === false),
  );
}

/** Whether the first takes every task that the second would. */
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
