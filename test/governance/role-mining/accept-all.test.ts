import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCsvFolder } from '../../../src/connectors/csv.ts';
import { inTransaction } from '../../../src/governance/context.ts';
import { createProfile } from '../../../src/governance/profiles/from-suggestion.ts';
import { queueAnalysis, runNextAnalysis } from '../../../src/governance/role-mining/runs.ts';
import {
  listSuggestions,
  reviewSuggestion,
} from '../../../src/governance/role-mining/suggestions.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { makeCompany } from '../../../src/sandbox/company/company.ts';
import { toCsv } from '../../../src/sandbox/company/csv.ts';
import {
  applicationOwners,
  applications,
  entitlements,
  grants,
} from '../../../src/store/schema/access.ts';
import { openEmbedded } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { useCompany } from '../../support/use-database.ts';

describe('a company whose suggestions are all accepted', () => {
  const { db, company } = useCompany(openEmbedded);

  it('has none left: the list shrinks with every run, and no accepted access comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rolemine-accept-'));
    for (const [name, text] of toCsv(makeCompany())) await writeFile(join(folder, name), text);
    // Nothing that the import could weaken is here before it.
    await db.delete(grants);
    await db.delete(entitlements);
    await db.delete(applicationOwners);
    await db.delete(applications);
    await syncSource(company.system, await openCsvFolder(folder, { name: 'hr' }));
    await rm(folder, { recursive: true });
    const dana = await company.as('Dana');
    const open: number[] = [];
    const accepted = new Map<string, string[]>();
    for (let run = 0; run < 10; run++) {
      await inTransaction(company.system, (ctx) => queueAnalysis(ctx, 'import'));
      await runNextAnalysis(company.system, miner);
      const { suggestions } = await listSuggestions(dana);
      open.push(suggestions.length);
      if (suggestions.length === 0) break;
      for (const { suggestion } of suggestions) {
        const { evidence, words } = await reviewSuggestion(dana, suggestion.id);
        const entitlementIds = evidence.map(({ entitlementId }) => entitlementId);
        const key = `${words}|${entitlementIds.toSorted((a, b) => a - b).join()}`;
        expect([...accepted.keys()]).not.toContain(key);
        accepted.set(key, []);
        const name = `Profile ${suggestion.id}`;
        await createProfile(dana, { suggestionId: suggestion.id, name, entitlementIds });
      }
    }
    expect(open.at(-1)).toBe(0);
    expect(open[0]).toBeGreaterThan(10);
    for (const [at, count] of open.slice(1).entries()) expect(count).toBeLessThan(open[at]!);
  }, 120_000);
});
