import { Refusal } from '../../errors.ts';
import { findPerson, findSlackIdentity, type Person } from '../../store/people/people.ts';
import { findSlackChange, findSlackDirectory } from '../../store/people/slack-changes.ts';
import {
  acceptAddress,
  forgetSlackUser,
  listChangedAddresses,
  listUnknownToSlack,
} from '../../store/people/slack-links.ts';
import type { Twins } from '../../store/schema/people.ts';
import { listActiveAssignments } from '../../store/tasks/task-lists.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { notifyOrDigest } from '../notifications/notify-or-digest.ts';

/** What somebody should look at about people and their Slack accounts. */
export interface AccountConflicts {
  changed: { personId: number; name: string; email: string; slackEmail: string; at: Date }[];
  unknown: { total: number; people: { name: string; email: string | null }[] };
  sharedAddresses: Twins[];
  /** When all of Slack's users were last read. */
  readAt: Date | undefined;
}

/** So many of a kind are listed; who has decided about these sees the next. */
const maxListed = 10;

export async function listAccountConflicts(ctx: ActorCtx): Promise<AccountConflicts> {
  await requirePermission(ctx, 'manageUsers');
  const directory = await findSlackDirectory(ctx.db);
  const changed = await listChangedAddresses(ctx.db, maxListed);
  return {
    changed: changed.map(({ person, identity }) => ({
      personId: person.id,
      name: person.name,
      email: person.email ?? 'no address',
      slackEmail: identity.email ?? '',
      at: identity.emailChangedAt ?? ctx.now,
    })),
    unknown: await listUnknownToSlack(ctx.db, maxListed),
    sharedAddresses: directory?.twins.slice(0, maxListed) ?? [],
    readAt: directory?.readAt,
  };
}

interface Choice {
  personId: number;
  /** The address in Slack that the choice is about. */
  slackEmail: string;
}

/** The person is who they were: the link stays, and nobody is asked again about this address. */
export async function keepSlackLink(ctx: ActorCtx, choice: Choice): Promise<Person> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const person = await requirePerson(ctx, choice.personId);
    if (!(await acceptAddress(ctx.db, person.id, choice.slackEmail))) throw alreadyDecided(person);
    await audit(ctx, 'slack.keep', subjectOf.person(person.id), {
      after: { email: choice.slackEmail },
    });
    return person;
  });
}

/**
 * The Slack account is somebody else's now: the person is no longer linked to it, and what waits for them is told
 * to them anew, by e-mail until Slack knows their address.
 */
export async function unlinkSlackUser(ctx: ActorCtx, choice: Choice): Promise<Person> {
  await requirePermission(ctx, 'manageUsers');
  if (choice.personId === ctx.actor.personId) {
    throw new Refusal(
      'invalid',
      'You cannot unlink yourself, since you could not come back; another Super Admin can.',
    );
  }
  return inTransaction(ctx, async (ctx) => {
    const person = await requirePerson(ctx, choice.personId);
    const before = await findSlackIdentity(ctx.db, person.id);
    if (!(await forgetSlackUser(ctx.db, person.id, choice.slackEmail, ctx.now))) {
      throw alreadyDecided(person);
    }
    await audit(ctx, 'slack.unlink', subjectOf.person(person.id), {
      before: { team: before?.teamId, user: before?.userId, email: before?.email },
    });
    const open = await listActiveAssignments(ctx.db, person.id);
    await notifyOrDigest(
      ctx,
      open.map(({ stepId, personId, alone }) => ({
        recipientId: personId,
        kind: 'step' as const,
        subjectId: stepId,
        priority: 1,
        isNews: true,
        alone,
      })),
    );
    return person;
  });
}

async function requirePerson(ctx: Ctx, personId: number): Promise<Person> {
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'That person is not known here.');
  return person;
}

function alreadyDecided({ name }: Person): Refusal {
  const sentence = `Somebody has decided about the address of ${name} already, or it has changed again. Type \`/rolemine people\` to see what is left.`;
  return new Refusal('conflict', sentence);
}

/** The message to Super Admins about a changed address or account. */
export async function describeAddressChange(
  ctx: Ctx,
  changeId: number,
): Promise<Notice | undefined> {
  const found = await findSlackChange(ctx.db, changeId);
  if (!found) return undefined;
  const { change, name } = found;
  if (change.kind === 'account') {
    const title = `${name} has a new Slack account`;
    const lines = [
      `Their old one is deactivated; the new one has the same verified address, ${change.email}, and is linked now.`,
    ];
    return { title, lines, summary: `${title}. ${lines[0]}` };
  }
  const title = `${name}'s address in Slack is now ${change.email}`;
  const stays = `The link to ${found.email ?? name} stays. If this is somebody else, unlink them: type "/rolemine people".`;
  return { title, lines: [stays], summary: `${title}. ${stays}` };
}
