import { listTimeZones } from '../../store/people/slack-identities.ts';
import { knownZone } from '../../time-zones.ts';
import { type Ctx, organizationZone } from '../context.ts';

/** Finds the time zone of a person's days: the one that Slack names, else the organization's. */
export async function findZone(ctx: Ctx, personId: number): Promise<string> {
  return (await loadZones(ctx, [personId]))(personId);
}

/** As `findZone`, for many people. */
export async function loadZones(
  ctx: Ctx,
  personIds: readonly number[],
): Promise<(personId: number) => string> {
  const zones = await listTimeZones(ctx.db, personIds);
  return (personId) => knownZone(zones.get(personId)) ?? organizationZone(ctx);
}
