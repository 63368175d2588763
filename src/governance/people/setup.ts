import { countAccess } from '../../store/access/grants.ts';
import { findLastRun } from '../../store/mining/mining-runs.ts';
import { listNewSuggestions } from '../../store/mining/suggestions.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import { countSourcedPeople, listOwnerless } from '../../store/people/setup.ts';
import { type ActorCtx, requirePermission } from '../context.ts';

/** The progress of the setup. It is derived from the data, so that the setup resumes where it stopped. */
export interface Setup {
  /** Names of the Super Admins other than the reader. */
  otherAdmins: string[];
  people: number;
  /** The number of these who are in Slack. */
  linked: number;
  grants: number;
  applications: number;
  ownerless: number;
  lastRun: { at: Date; waiting: number } | undefined;
}

export async function loadSetup(ctx: ActorCtx): Promise<Setup> {
  await requirePermission(ctx, 'manageUsers');
  const admins = await listSuperAdmins(ctx.db);
  const { applications, grants } = await countAccess(ctx.db);
  const run = await findLastRun(ctx.db);
  return {
    otherAdmins: admins.filter(({ id }) => id !== ctx.actor.personId).map(({ name }) => name),
    ...(await countSourcedPeople(ctx.db)),
    applications,
    grants,
    ownerless: (await listOwnerless(ctx.db, 0)).total,
    lastRun: run?.finishedAt
      ? { at: run.finishedAt, waiting: (await listNewSuggestions(ctx.db)).length }
      : undefined,
  };
}

const maxOwnerless = 60;

/** Lists applications without an owner. Super Admins decide about requests for them. */
export async function listOwnerlessApplications(ctx: ActorCtx) {
  await requirePermission(ctx, 'manageApplications');
  return listOwnerless(ctx.db, maxOwnerless);
}
