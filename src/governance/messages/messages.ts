import {
  findCopy,
  listTaskCopies,
  listTaskMails,
  saveCopy,
} from '../../store/messages/message-copies.ts';
import type { CopyKey, OutboxRow } from '../../store/messages/outbox.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { listRoles } from '../../store/people/roles.ts';
import { findSlackIdentity, type SlackIdentity } from '../../store/people/slack-identities.ts';
import type { MailFailure, MessageKind, WaitingFor } from '../../store/schema/messages.ts';
import { findComment } from '../../store/tasks/task-comments.ts';
import { findStep } from '../../store/tasks/tasks.ts';
import { knownZone } from '../../time-zones.ts';
import { type ExpiryNote, loadExpiryNote } from '../access/expiry.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { readDelegation } from '../delegations/delegations.ts';
import { readInboxNotice } from '../email-links/inbox-session.ts';
import type { Notice } from '../notifications/notice.ts';
import { describeAddressChange } from '../people/account-conflicts.ts';
import { describeDeparture } from '../people/departures.ts';
import { loadNames } from '../people/display-name.ts';
import { describeRoleChange } from '../people/role-assignments.ts';
import { describeProfileNotice } from '../profiles/notices.ts';
import { type RunView, viewRun } from '../role-mining/suggestions.ts';
import { describeHeldRemoval, type HeldRemoval } from '../role-rules/held-removals.ts';
import { readSimulationFor, type SimulationCard } from '../simulations/report.ts';
import { describeControlNotice } from '../sync/control-notice.ts';
import { describeFailedSync } from '../sync/failure-notice.ts';
import { describeHeldImport, type HeldImportCard } from '../sync/held-import-card.ts';
import { describeEmergency, describeOutcome, describeRequest } from '../task-cards/outcome-card.ts';
import { describeStep, type TaskCard } from '../task-cards/step-card.ts';
import { loadTaskView, type TaskView } from '../task-cards/task-view.ts';
import { type DigestView, loadDigest } from './digest.ts';
import { type Home, loadHome } from './home.ts';

/** The content of a message. It is read at delivery, so that a message never shows an old state. */
type Message =
  | { kind: 'task'; card: TaskCard }
  | { kind: 'run'; run: RunView }
  | { kind: 'simulation'; simulation: SimulationCard }
  | { kind: 'comment'; comment: CommentLine }
  | { kind: 'notice'; notice: Notice }
  | { kind: 'expiring'; expiry: ExpiryNote }
  | { kind: 'held_grants'; held: HeldRemoval }
  | { kind: 'held_import'; held: HeldImportCard }
  | { kind: 'digest'; digest: DigestView }
  | { kind: 'home'; home: Home; name: string };

/** A comment for the thread of the reader's card. */
export interface CommentLine {
  taskId: number;
  /** "GitHub · Admin for Ana Ruiz" */
  about: string;
  authorId: number;
  author: string;
  body: string;
  /** The thread belongs to a digest, so the comment has to name its task. */
  inDigest: boolean;
  /** The reader's newest card of the task; undefined if they have none in Slack. */
  thread: { channelId: string; ts: string } | undefined;
}

/** The person who gets a message. */
export interface Recipient {
  person: Person;
  identity: SlackIdentity | undefined;
}

/** A message with its reader. */
export interface PersonalMessage extends Recipient {
  key: CopyKey;
  message: Message;
  /** The message may be sent as a new one; otherwise it only updates an existing copy. */
  isNews: boolean;
  /** Since when it is news; only for kinds of message that can become news again. */
  since?: Date | undefined;
  /** An earlier attempt failed, but may have arrived. */
  isRetry: boolean;
  /** A person is looking at it now. */
  urgent: boolean;
}

/** The result of a delivery, in Slack or by e-mail. */
export type DeliveryResult =
  | { done: 'sent' | 'redrawn' | 'unchanged' | 'skipped' }
  /** Try again at that time. `counted`: the attempt failed; otherwise it was only postponed. */
  | {
      retryAt: Date;
      counted: boolean;
      error?: string;
      /** The surface does not answer, for any message. */
      isOutage?: boolean;
      /** The message may be sent before `retryAt` once this works again. */
      waitingFor?: WaitingFor;
    }
  /** The surface cannot reach this person. */
  | {
      unreachable: string;
      /** The address failed; the mail may reach another one. */
      mail?: MailFailure;
      /** The address that failed. */
      address?: string;
    };

/** Loads the recipient of a message without its content. */
export async function loadRecipient(ctx: Ctx, row: OutboxRow): Promise<Recipient | undefined> {
  const person = await findPerson(ctx.db, row.recipientId);
  return person && { person, identity: await findSlackIdentity(ctx.db, person.id) };
}

/** @returns undefined when the message is no longer needed. */
export async function loadPersonalMessage(
  ctx: Ctx,
  row: OutboxRow,
): Promise<PersonalMessage | undefined> {
  const recipient = await loadRecipient(ctx, row);
  if (!recipient) return undefined;
  const { person, identity } = recipient;
  const readerZone = knownZone(identity?.timeZone);
  const read = await readers[row.kind]({ ...ctx, readerZone }, row.subjectId, person);
  if (!read) return undefined;
  const key = { recipientId: row.recipientId, kind: row.kind, subjectId: row.subjectId };
  return {
    ...read,
    key,
    person,
    identity,
    urgent: row.priority === 0,
    isRetry: row.attempts > 1,
  };
}

type CurrentMessage = Pick<PersonalMessage, 'message' | 'isNews' | 'since'> | undefined;

/** Reads a message for a person as it is now; undefined when it is no longer needed. */
type ReadMessage = (ctx: Ctx, subjectId: number, person: Person) => Promise<CurrentMessage>;

const readers: Record<MessageKind, ReadMessage> = {
  step: async (ctx, stepId, person) => {
    const step = await findStep(ctx.db, stepId);
    const view = step && (await loadTaskView(ctx, step.taskId));
    if (!view) return undefined;
    const card = describeStep(view, step.id, person.id);
    const mine = view.steps
      .find(({ id }) => id === step.id)
      ?.assignees.find(({ id }) => id === person.id);
    // A step may be assigned to a person a second time, and may restart.
    const since = findLatest(step.activatedAt, mine?.assignedAt);
    return { message: { kind: 'task', card }, isNews: card.choice !== undefined, since };
  },
  request: (ctx, taskId, person) =>
    readTask(ctx, taskId, (view) => ({
      card: describeRequest(view, person.id),
      isNews: view.task.state === 'open',
    })),
  outcome: (ctx, taskId, person) =>
    readTask(ctx, taskId, (view) => ({ card: describeOutcome(view, person.id), isNews: true })),
  emergency: (ctx, taskId) =>
    readTask(ctx, taskId, (view) => ({ card: describeEmergency(view), isNews: true })),
  expiring: async (ctx, grantId) => {
    const expiry = await loadExpiryNote(ctx, grantId);
    if (!expiry) return undefined;
    const { canExtend: isNews, endsAt: since } = expiry;
    return { message: { kind: 'expiring', expiry }, isNews, since };
  },
  comment: async (ctx, commentId, person) => {
    const comment = await readComment(ctx, commentId, person.id);
    return comment && { message: { kind: 'comment', comment }, isNews: true };
  },
  digest: async (ctx, digestId, person) => {
    const digest = await loadDigest(ctx, digestId, person);
    return digest && { message: { kind: 'digest', digest }, isNews: digest.cards.length > 0 };
  },
  delegation: async (ctx, delegationId, person) => {
    const read = await readDelegation(ctx, delegationId, person.id);
    return read && { message: { kind: 'notice', notice: read.notice }, isNews: read.isNews };
  },
  roles: async (ctx, changeId) => {
    const notice = await describeRoleChange(ctx, changeId);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  address: async (ctx, changeId) => {
    const notice = await describeAddressChange(ctx, changeId);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  departure: async (ctx, departureId) => {
    const notice = await describeDeparture(ctx, departureId);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  profile: async (ctx, noticeId) => {
    const notice = await describeProfileNotice(ctx, noticeId);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  held_import: async (ctx, holdId) => {
    const held = await describeHeldImport(ctx, holdId);
    return held && { message: { kind: 'held_import', held }, isNews: held.isOpen };
  },
  sync: async (ctx, failureId) => {
    const notice = await describeFailedSync(ctx, failureId);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  import_changes: async (ctx, runId, person) => {
    const notice = await describeControlNotice(ctx, runId, person.id);
    return notice && { message: { kind: 'notice', notice }, isNews: true };
  },
  held_grants: async (ctx, ruleId) => {
    const held = await describeHeldRemoval(ctx, ruleId);
    return held && { message: { kind: 'held_grants', held }, isNews: held.pending > 0 };
  },
  inbox: readInboxNotice,
  run: async (ctx, runId, person) => {
    const run = await viewRun(ctx, runId, person.id);
    return run && { message: { kind: 'run', run }, isNews: true };
  },
  simulation: async (ctx, id, person) => {
    const simulation = await readSimulationFor(ctx, id, await listRoles(ctx.db, person.id));
    if (!simulation) return undefined;
    const isNews = simulation.state === 'open' || simulation.state === 'failed';
    return { message: { kind: 'simulation', simulation }, isNews };
  },
  home: async (ctx, _, person) => {
    const roles = await listRoles(ctx.db, person.id);
    const reader: ActorCtx = { ...ctx, actor: { personId: person.id, name: person.name, roles } };
    const home = await loadHome(reader);
    return { message: { kind: 'home', home, name: person.name }, isNews: true };
  },
};

function findLatest(...moments: (Date | null | undefined)[]): Date | undefined {
  const times = moments.flatMap((at) => (at ? [at.getTime()] : []));
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}

async function readTask(
  ctx: Ctx,
  taskId: number,
  describe: (view: TaskView) => { card: TaskCard; isNews: boolean },
): Promise<CurrentMessage> {
  const view = await loadTaskView(ctx, taskId);
  if (!view) return undefined;
  const { card, isNews } = describe(view);
  return { message: { kind: 'task', card }, isNews };
}

async function readComment(
  ctx: Ctx,
  commentId: number,
  readerId: number,
): Promise<CommentLine | undefined> {
  const found = await findComment(ctx.db, commentId);
  if (!found) return undefined;
  const { taskId, body, authorId } = found.comment;
  const view = await loadTaskView(ctx, taskId);
  if (!view) return undefined;
  const copies = await listTaskCopies(
    ctx.db,
    taskId,
    view.steps.map((step) => step.id),
  );
  const mine = copies.filter((one) => one.recipientId === readerId && one.surface === 'slack');
  // A person whose only message about the task is a digest gets the comment in the digest's thread.
  const card = mine.findLast((copy) => copy.kind !== 'digest') ?? mine.at(-1);
  return {
    taskId,
    about: `${view.label} for ${view.person.name}`,
    authorId,
    author: (await loadNames(ctx, [authorId])).get(authorId) ?? found.author,
    body,
    inDigest: card?.kind === 'digest',
    thread: card?.channelId && card.ts ? { channelId: card.channelId, ts: card.ts } : undefined,
  };
}

/** Finds the copy of a message that a person has on a surface, if any. */
export async function findMessageCopy(ctx: Ctx, key: CopyKey, surface: 'slack' | 'email') {
  return findCopy(ctx.db, key, surface);
}

/** Lists the Message-IDs of a person's mails about a task, the oldest first. */
export async function listThread(ctx: Ctx, personId: number, taskId: number): Promise<string[]> {
  return listTaskMails(ctx.db, personId, taskId);
}

/** Records the delivered copy, so that it is redrawn in place and never sent a second time. */
export async function recordMessageCopy(
  ctx: Ctx,
  key: CopyKey,
  copy: {
    surface: 'slack' | 'email';
    channelId?: string;
    ts?: string;
    mailId?: string;
    contentHash: string;
  },
): Promise<void> {
  const { surface, ...shown } = copy;
  await saveCopy(ctx.db, { key, surface, copy: { ...shown, at: ctx.now } });
}
