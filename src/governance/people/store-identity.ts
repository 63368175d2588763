import { Refusal } from '../../errors.ts';
import {
  dropOtherLinks,
  findStoreIdentity,
  findTracesOfUse,
  insertStoreIdentity,
  lockStoreIdentity,
  type StoreIdentity,
  sandboxTeamId,
  updateStoreIdentity,
} from '../../store/identity/store-identity.ts';
import { cleanText } from '../../text.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { formatCount } from '../wording/counts.ts';

/** A Slack workspace, as Slack names it for a token. */
export interface Workspace {
  teamId: string;
  name: string;
}

const demo: StoreIdentity = { kind: 'demo', teamId: sandboxTeamId, teamName: null };
const tokens = 'SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET';
const anotherStore = 'set DATA_DIR to a new folder or DATABASE_URL to an empty database';

/** The identity of the store, recorded or recognized by its traces; undefined: the first use decides. */
async function readIdentity(ctx: Ctx): Promise<StoreIdentity | undefined> {
  const recorded = await findStoreIdentity(ctx.db);
  if (recorded && (recorded.kind === 'demo' || recorded.teamId !== null)) return recorded;
  const { companyPeople, hasSandboxLinks, teamId } = await findTracesOfUse(ctx.db);
  if (recorded) return { ...recorded, teamId };
  if (companyPeople > 0) return demo;
  if (teamId !== null) return { kind: 'workspace', teamId, teamName: null };
  return hasSandboxLinks ? demo : undefined;
}

/**
 * Makes the store a demo at its first use by the sandbox.
 * @param input.isRequested the operator said `--sandbox`, so imported people may be acted as, too.
 * @throws Refusal conflict: the store belongs to a workspace, or holds imported people.
 */
export async function claimForSandbox(ctx: Ctx, input: { isRequested: boolean }): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await lockStoreIdentity(ctx.db);
    const identity = await readIdentity(ctx);
    if (identity?.kind === 'workspace') throw new Refusal('conflict', refuseSandbox(identity));
    if (!identity && !input.isRequested) await refuseImportedPeople(ctx);
    await record(ctx, demo);
  });
}

async function refuseImportedPeople(ctx: Ctx): Promise<void> {
  const { importedPeople } = await findTracesOfUse(ctx.db);
  if (importedPeople === 0) return;
  const held = formatCount(importedPeople, 'imported person', 'imported people');
  throw new Refusal(
    'conflict',
    `This store holds ${held}, and in the sandbox anybody on this machine can act as any of them. Set ${tokens}, or run "rolemine start --sandbox" to use the sandbox.`,
  );
}

/** @throws Refusal conflict: the store is a demo, on which no real tokens may run. */
export async function assertNotDemo(ctx: Ctx): Promise<void> {
  const identity = await readIdentity(ctx);
  if (identity?.kind === 'demo') throw new Refusal('conflict', refuseTokens());
}

/**
 * Binds the store to a Slack workspace at its first use with real tokens.
 * @throws Refusal conflict: the store is a demo, or belongs to another workspace.
 */
export async function claimForWorkspace(ctx: Ctx, workspace: Workspace): Promise<void> {
  const { teamId } = workspace;
  const teamName = cleanText(workspace.name).slice(0, 100) || null;
  if (teamId === '') {
    throw new Refusal(
      'unavailable',
      'Slack does not say to which workspace SLACK_BOT_TOKEN belongs. Install the app in one workspace and use its token.',
    );
  }
  await inTransaction(ctx, async (ctx) => {
    await lockStoreIdentity(ctx.db);
    const identity = await readIdentity(ctx);
    assertSameWorkspace(identity, { teamId, name: teamName ?? teamId });
    await record(ctx, { kind: 'workspace', teamId, teamName });
  });
}

/**
 * Reserves an unused store for a workspace that is not connected yet: tokens are set while an import fills it.
 * @throws Refusal conflict: the store is a demo.
 */
export async function reserveForWorkspace(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await lockStoreIdentity(ctx.db);
    const identity = await readIdentity(ctx);
    if (identity?.kind === 'demo') throw new Refusal('conflict', refuseTokens());
    await record(ctx, identity ?? { kind: 'workspace', teamId: null, teamName: null });
  });
}

/** Checks that a command may use the store for this workspace, without recording it. @throws Refusal conflict. */
export async function assertWorkspace(ctx: Ctx, workspace: Workspace): Promise<void> {
  assertSameWorkspace(await readIdentity(ctx), workspace);
}

/** Locks a demo in the caller's transaction, and records it if its version did not. @throws Refusal conflict. */
export async function lockDemo(ctx: Ctx): Promise<void> {
  await lockStoreIdentity(ctx.db);
  const identity = await readIdentity(ctx);
  if (identity?.kind !== 'demo') {
    const which = identity
      ? `belongs to ${nameOf(identity)}`
      : 'has never been used by the sandbox';
    throw new Refusal('conflict', `This store is not a demo: it ${which}. Nothing was changed.`);
  }
  await record(ctx, demo);
}

/** Whether people of the made-up company are in the store and have not been dropped. */
export async function hasSandboxCompany(ctx: Ctx): Promise<boolean> {
  return (await findTracesOfUse(ctx.db)).companyPeople > 0;
}

/** Records an identity that has passed the checks, and what it replaces. */
async function record(ctx: Ctx, identity: StoreIdentity): Promise<void> {
  const before = await findStoreIdentity(ctx.db);
  const isSame = (['kind', 'teamId', 'teamName'] as const).every(
    (key) => before?.[key] === identity[key],
  );
  if (isSame) return;
  if (before) await updateStoreIdentity(ctx.db, identity, ctx.now);
  else if (!(await insertStoreIdentity(ctx.db, identity, ctx.now))) {
    throw new Refusal(
      'conflict',
      'Another process has just begun to use this store. Start this one again.',
    );
  }
  // An earlier version let the sandbox link people of a real store to its own users.
  const isFirst = identity.kind === 'workspace' && !before && identity.teamId !== null;
  const droppedLinks = isFirst ? await dropOtherLinks(ctx.db, identity.teamId ?? '') : 0;
  await audit(ctx, 'store.claim', subjectOf.store(), {
    ...(before ? { before } : {}),
    after: { ...identity, ...(droppedLinks > 0 ? { droppedLinks } : {}) },
  });
}

/** Checks that a Slack user belongs to the workspace of the store. @throws Refusal forbidden. */
export async function assertOwnWorkspace(ctx: Ctx, teamId: string): Promise<void> {
  const identity = await findStoreIdentity(ctx.db);
  if (!identity || identity.teamId === teamId) return;
  throw new Refusal(
    'forbidden',
    `Rolemine belongs to ${nameOf(identity)}. Only members of that workspace can use it.`,
  );
}

/**
 * Says which store it is, for `rolemine doctor`.
 * @param use.workspace undefined: it is not known; the store's own is assumed.
 * @throws Refusal conflict: a start with these settings would be refused.
 */
export async function describeStore(
  ctx: Ctx,
  use: { hasTokens: boolean; workspace?: Workspace | undefined },
): Promise<string> {
  const identity = await readIdentity(ctx);
  if (use.hasTokens && identity?.kind === 'demo') throw new Refusal('conflict', refuseTokens());
  if (use.hasTokens && use.workspace) assertSameWorkspace(identity, use.workspace);
  if (!use.hasTokens && identity?.kind === 'workspace') {
    throw new Refusal('conflict', refuseSandbox(identity));
  }
  if (!identity) return 'a store without identity, which its first start decides';
  return identity.kind === 'demo'
    ? 'a demo store of the sandbox'
    : `the store of ${nameOf(identity)}`;
}

function assertSameWorkspace(identity: StoreIdentity | undefined, { teamId, name }: Workspace) {
  if (identity?.kind === 'demo') throw new Refusal('conflict', refuseTokens());
  if (!identity || identity.teamId === null || identity.teamId === teamId) return;
  const own = nameOf(identity);
  const other = nameOf({ kind: 'workspace', teamId, teamName: name });
  throw new Refusal(
    'conflict',
    `This store belongs to ${own}, and the tokens belong to ${other}. Use the tokens of ${own}, or ${anotherStore}.`,
  );
}

function refuseTokens(): string {
  return `This store is a demo, in which anybody could act as anybody, so it does not run with Slack tokens. Either ${anotherStore}, or run "rolemine leave-sandbox", which drops the made-up people, their access and all Slack links.`;
}

function refuseSandbox(identity: StoreIdentity): string {
  return `The sandbox does not run on this store, because it belongs to ${nameOf(identity)}. Set ${tokens}, or ${anotherStore} for the sandbox.`;
}

/** "the Slack workspace Acme (T0001)". */
function nameOf({ teamId, teamName }: StoreIdentity): string {
  if (teamId === null) return 'a Slack workspace that has not connected yet';
  return teamName && teamName !== teamId
    ? `the Slack workspace ${teamName} (${teamId})`
    : `the Slack workspace ${teamId}`;
}
