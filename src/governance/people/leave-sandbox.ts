import { type DroppedData, dropSandboxData } from '../../store/identity/sandbox-data.ts';
import { updateStoreIdentity } from '../../store/identity/store-identity.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { lockDemo } from './store-identity.ts';

/**
 * Ends the demo: drops the made-up company, all Slack links and everything decided in the sandbox. The next workspace
 * that connects takes the store. People and access that other imports brought stay.
 * @throws Refusal conflict: the store is no demo.
 */
export async function leaveSandbox(ctx: Ctx, input: { dryRun: boolean }): Promise<DroppedData> {
  return inRevocableTransaction(ctx, input, async (ctx) => {
    const dropped = await dropDemo(ctx);
    const after = { kind: 'workspace', teamId: null, teamName: null } as const;
    await updateStoreIdentity(ctx.db, after, ctx.now);
    await audit(ctx, 'store.leave-sandbox', subjectOf.store(), { after: { dropped } });
    return dropped;
  });
}

/**
 * Drops the made-up company from a demo, with everything decided in the sandbox, and runs an import in its place: both
 * or neither. The store stays a demo.
 * @throws Refusal conflict: the store is no demo; and what the import throws.
 */
export async function replaceSandboxCompany<T>(
  ctx: Ctx,
  input: { dryRun: boolean; runImport: (ctx: Ctx) => Promise<T> },
): Promise<T> {
  return inRevocableTransaction(ctx, input, async (ctx) => {
    const dropped = await dropDemo(ctx);
    await audit(ctx, 'store.drop-company', subjectOf.store(), { after: { dropped } });
    return input.runImport(ctx);
  });
}

async function dropDemo(ctx: Ctx): Promise<DroppedData> {
  await lockDemo(ctx);
  return dropSandboxData(ctx.db, ctx.now);
}

/** Runs `fn` in a transaction, which a dry run rolls back. */
async function inRevocableTransaction<T>(
  ctx: Ctx,
  { dryRun }: { dryRun: boolean },
  fn: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  if (!dryRun) return inTransaction(ctx, fn);
  let result: { value: T } | undefined;
  const dryRunEnd = new Error('dry run');
  await inTransaction(ctx, async (ctx) => {
    result = { value: await fn(ctx) };
    throw dryRunEnd;
  }).catch((error) => {
    if (error !== dryRunEnd) throw error;
  });
  if (!result) throw new Error('a dry run ended without a result');
  return result.value;
}
