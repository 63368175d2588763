import { Refusal } from '../../errors.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { findSlackChange, findSlackDirectory } from '../../store/people/slack-changes.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import {
  acceptAddress,
  clearSlackLink,
  listChangedAddresses,
  listUnknownToSlack,
} from '../../store/people/slack-links.ts';
import type { SharedAddress } from '../../store/schema/people.ts';
import { listActiveAssignments } from '../../store/tasks/task-lists.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { joinSentences } from '../wording/sentences.ts';

/** Conflicts between people and their Slack accounts, which somebody has to look at. */
export interface AccountConflicts {
  changed: { personId: number; name: string; email: string; slackEmail: string; at: Date }[];
  unknown: { total: number; people: { name: string; email: string | null }[] };
  sharedAddresses: SharedAddress[];
  /** When all users of Slack were last read. */
  readAt: Date | undefined;
}

/** Conflicts of a kind that are listed at once. The next ones follow when these are decided. */
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
    sharedAddresses: directory?.sharedAddresses.slice(0, maxListed) ?? [],
    readAt: directory?.readAt,
  };
}

/** The person and the address that a Super Admin decides about. */
interface Choice {
  personId: number;
  /** The new address in Slack. */
  slackEmail: string;
}

/** Keeps the link of a person to their Slack account. Nobody is asked again about this address. */
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
 * Unlinks a person from a Slack account that belongs to somebody else now. Their open tasks are sent to them again,
 * by e-mail until Slack knows their address.
 */
export async function unlinkSlackUser(ctx: ActorCtx, choice: Choice): Promise<Person> {
  await requirePermission(ctx, 'manageUsers');
  if (choice.personId === ctx.actor.personId) {
    throw new Refusal(
      'invalid',
      'You cannot unlink yourself, because you could not return. Ask another Super Admin.',
    );
  }
  return inTransaction(ctx, async (ctx) => {
    const person = await requirePerson(ctx, choice.personId);
    const before = await findSlackIdentity(ctx.db, person.id);
    if (
      !(await clearSlackLink(ctx.db, {
        personId: person.id,
        email: choice.slackEmail,
        now: ctx.now,
      }))
    ) {
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
  const sentence = `Somebody has already decided about the address of ${name}, or it has changed again. Type \`/rolemine people\` to see what is left.`;
  return new Refusal('conflict', sentence);
}

/** Describes the message to Super Admins about a changed address or account. */
export async function describeAddressChange(
  ctx: Ctx,
  changeId: number,
): Promise<Notice | undefined> {
  const found = await findSlackChange(ctx.db, changeId);
  if (!found) return undefined;
  const { change, name } = found;
  if (change.kind === 'account') {
    const title = `${name} has a new Slack account`;
    const line = `The old one is deactivated. The new one has the same verified address, ${change.email}, and is linked now.`;
    return { title, lines: [line], summary: joinSentences([title, line]) };
  }
  const title = `${name}'s address in Slack is now ${change.email}`;
  const line = `The account stays linked to ${found.email ?? name}. If it belongs to somebody else now, unlink it: type "/rolemine people".`;
  return { title, lines: [line], summary: joinSentences([title, line]) };
}
