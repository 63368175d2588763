import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import { applicationOwners, entitlements } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { oneDatabase } from '../../support/database.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(oneDatabase())('a step that two decide, on $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  it('two approvers who click in the same millisecond, 200 times: one decision each, one clear answer to the other', {
    timeout: 90_000,
  }, async () => {
    await db
      .insert(applicationOwners)
      .values({ applicationId: company.github, personId: company.ids.Cy, kind: 'owner' });
    // Without a manager, both owners are asked.
    await db.update(people).set({ managerId: null }).where(eq(people.id, company.ids.Ana));
    const rights = await db
      .insert(entitlements)
      .values(
        Array.from({ length: 200 }, (_, at) => ({
          applicationId: company.github,
          name: `Right ${at}`,
        })),
      )
      .returning();
    const { opened } = await openTasks(company.system, {
      kind: 'grant',
      targets: rights.map((right) => ({ personId: company.ids.Ana, entitlementId: right.id })),
      requesterId: company.ids.Ana,
      openedBy: company.ids.Ana,
      profileId: null,
      reason: 'why',
      cause: 'asked',
    });
    const [kim, cy] = [await company.as('Kim'), await company.as('Cy')];
    const losers: string[] = [];
    for (const task of opened) {
      const { active } = (await loadTaskView(company.system, task.id))!;
      const ref = { stepId: active!.id, version: active!.version };
      const both = await Promise.allSettled([
        decideStep(kim, ref, { positive: true }),
        decideStep(cy, ref, { positive: true }),
      ]);
      for (const one of both) if (one.status === 'rejected') losers.push(one.reason.message);
    }
    expect(losers).toHaveLength(200);
    expect(new Set(losers.map((said) => said.replace(/^(Kim|Cy)/, 'X')))).toEqual(
      new Set(['X approved this just now; it is now with Lee.']),
    );
    const approvals = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'step.approved'))
      .orderBy(auditLog.id);
    expect(approvals).toHaveLength(200);
  });
});
