import { createMiningRule } from '../../src/governance/mining-rules/mining-rules.ts';
import { createRulePolicy } from '../../src/governance/mining-rules/rule-policies.ts';
import type { MiningRuleInput } from '../../src/governance/mining-rules/schema.ts';
import type { Db } from '../../src/store/db.ts';
import { grants, syncRuns } from '../../src/store/schema/access.ts';
import { people } from '../../src/store/schema/people.ts';
import { noon, type SmallCompany } from './small-company.ts';

/** Creates a rule policy with mining rules as Dana. @returns its id. */
export async function makeMiningPolicy(
  company: SmallCompany,
  name: string,
  rules: readonly MiningRuleInput[],
): Promise<number> {
  const dana = await company.as('Dana');
  const { id } = await createRulePolicy(dana, { name });
  for (const rule of rules) await createMiningRule(dana, { rulePolicy: name, ...rule });
  return id;
}

/** Adds people of a department. The first `holding` of them hold all the entitlements. @returns their ids. */
export async function addDepartment(
  db: Db,
  department: string,
  size: number,
  held: { entitlementIds: readonly number[]; holding: number },
): Promise<number[]> {
  const names = Array.from({ length: size }, (_, at) => `${department} ${at + 1}`);
  const added = await db
    .insert(people)
    .values(names.map((name) => ({ connector: 'csv', name, department, createdAt: noon })))
    .returning();
  const ids = added.map(({ id }) => id);
  const holders = ids.slice(0, held.holding);
  const rows = held.entitlementIds.flatMap((entitlementId) =>
    holders.map((personId) => ({
      personId,
      entitlementId,
      source: 'connector' as const,
      connector: 'csv',
      firstSeenAt: noon,
    })),
  );
  if (rows.length > 0) await db.insert(grants).values(rows);
  return ids;
}

/** Records a sync without changes. */
export async function finishSync(db: Db): Promise<void> {
  await db.insert(syncRuns).values({ connector: 'csv', startedAt: noon, finishedAt: noon });
}
