import { contactConnector, type Person } from '../../store/people/people.ts';
import { listStandings, type StandingRow } from '../../store/people/standing.ts';
import type { Ctx } from '../context.ts';

/** Whether somebody may act on steps, and whether a message would reach them. */
interface Standing {
  /** The reason why they may not, to follow their name. */
  barred: string | undefined;
  /** The reason why no message would reach them, to follow their name. */
  unreachable: string | undefined;
}

export type Standings = (person: Person) => Standing;

/** Reads the standing of several people in one query. */
export async function loadStandings(ctx: Ctx, people: readonly Person[]): Promise<Standings> {
  const rows = await listStandings(
    ctx.db,
    people.map(({ id }) => id),
  );
  const byId = new Map(rows.map((row) => [row.personId, row]));
  return (person) => standingOf(person, byId.get(person.id));
}

function standingOf(person: Person, row: StandingRow | undefined): Standing {
  const isInSlack = row?.state === 'linked';
  return {
    barred: slackBarReason(row) ?? unknownReason(person, row),
    unreachable:
      person.email || isInSlack ? undefined : 'has no e-mail address and no Slack account',
  };
}

/** The reason why the Slack account of somebody keeps them from acting on any surface, to follow their name. */
export function slackBarReason(
  row: Pick<StandingRow, 'state' | 'activeConfirmedAt'> | undefined,
): string | undefined {
  if (row?.state === 'guest') return 'is a guest in Slack';
  return row?.state === 'deactivated' && row.activeConfirmedAt === null
    ? 'is deactivated in Slack'
    : undefined;
}

/** Anybody with an address of the workspace can write to Rolemine, but approvers come from a source. */
function unknownReason(person: Person, row: StandingRow | undefined): string | undefined {
  return person.connector === contactConnector && !row?.isSuperAdmin
    ? 'is in no source of people'
    : undefined;
}
