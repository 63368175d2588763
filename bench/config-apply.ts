import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyConfigFile } from '../src/governance/config-file/apply.ts';
import type { Ctx } from '../src/governance/context.ts';
import { openStore } from '../src/store/open-store.ts';
import { people } from '../src/store/schema/people.ts';

// Measures `rolemine config apply` for a large company: 500 applications of 10 entitlements, 10,000
// people. `npx tsx bench/config-apply.ts`; TEST_DATABASE_URL names an empty PostgreSQL database to
// measure as well.

function createFile(risk: string): string {
  const lines = ['applications:'];
  for (let app = 1; app <= 500; app++) {
    lines.push(`  - name: Application ${app}`, `    owners: [p${app}@acme.example]`);
    lines.push('    policy: Two approvals', '    entitlements:');
    for (let right = 1; right <= 10; right++) {
      lines.push(`      - name: Role ${right}`, `        risk: ${risk}`, '        longestDays: 90');
      lines.push(`        description: What role ${right} of application ${app} is for.`);
      lines.push(`        owners: [p${app + right}@acme.example]`);
    }
  }
  return lines.join('\n');
}

async function measure(databaseUrl: string | undefined): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rolemine-bench-'));
  const store = await openStore({ databaseUrl, dataDir });
  const ctx: Ctx = { db: store.db, actor: undefined, via: 'cli', now: new Date() };
  for (let at = 0; at < 10_000; at += 1000) {
    const part = Array.from({ length: 1000 }, (_, index) => at + index + 1);
    await store.db.insert(people).values(
      part.map((number) => ({
        connector: 'csv',
        name: `Person ${number}`,
        email: `p${number}@acme.example`,
      })),
    );
  }
  for (const [state, text] of [
    ['new', createFile('low')],
    ['changed', createFile('high')],
    ['unchanged', createFile('high')],
  ] as const) {
    const startedAt = performance.now();
    const planned = await applyConfigFile(ctx, text);
    const changes = 'lines' in planned ? planned.lines.length : planned.problems;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
    console.log(
      `${databaseUrl ? 'PostgreSQL' : 'PGlite'}, ${state}: ${changes} changes, ${seconds} s`,
    );
  }
  await store.close();
  await rm(dataDir, { recursive: true });
}

await measure(undefined);
if (process.env.TEST_DATABASE_URL) await measure(process.env.TEST_DATABASE_URL);
