import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  type DeliveryResult,
  findMessageCopy,
  type PersonalMessage,
  type Recipient,
  recordMessageCopy,
} from '../governance/messages/messages.ts';
import type { OutboxRow } from '../governance/notifications/outbox.ts';
import { saveChannel, saveLookup } from '../governance/people/slack-accounts.ts';
import { homeView } from './blocks/people/home.ts';
import type { SlackMessage } from './blocks/tasks/task.ts';
import { isOutage, slackErrorCode } from './clients.ts';
import { hashContent } from './content-hash.ts';
import { isMessageGone, toDeliveryResult } from './delivery-errors.ts';
import {
  drawMessage,
  drawThreadReply,
  encodeMark,
  markMessage,
  type ThreadReply,
} from './draw-message.ts';
import { assertMessage, assertView } from './limits.ts';
import { Pace, type Turn } from './pace.ts';
import { toSlackUser } from './people.ts';

/** After this time Slack is asked again about a person it did not know. */
const maxLookupAgeMs = 15 * 60_000;

const noAccount: DeliveryResult = { unreachable: 'no linked Slack account' };

export class SlackDelivery {
  private readonly pace = new Pace();
  private readonly client: WebClient;
  private readonly teamId: string;

  constructor(client: WebClient, teamId: string) {
    this.client = client;
    this.teamId = teamId;
  }

  /**
   * Finds the time until which a row has to wait by Slack's rates. It is checked before anything is read for the row:
   * in a storm of redraws most rows would be read only to be postponed.
   */
  async findFreeSlot(ctx: Ctx, row: OutboxRow): Promise<Date | undefined> {
    if (row.kind === 'home') return this.waitForTurn(this.pace.takeHomeTurn(row.recipientId));
    const copy = await findMessageCopy(ctx, row, 'slack');
    if (!copy?.ts) return undefined;
    const name = `${row.recipientId}:${row.kind}:${row.subjectId}`;
    return this.waitForTurn(this.pace.checkUpdateTurn(name, row.priority === 0));
  }

  /** Waits if the wait is short. @returns the slot to come back at if it is long. */
  private async waitForTurn(turn: Turn): Promise<Date | undefined> {
    if ('slot' in turn) return turn.slot;
    if (turn.waitMs > 0) await sleep(turn.waitMs);
    return undefined;
  }

  /** Whether Slack answers at all, even with an error. */
  async isAnswering(): Promise<boolean> {
    try {
      await this.client.auth.test();
      return true;
    } catch (error) {
      return !isOutage(error);
    }
  }

  /** Checks whether Slack knows the person before anything is read for them. @returns undefined if it does. */
  async checkRecipient(ctx: Ctx, reader: Recipient): Promise<DeliveryResult | undefined> {
    try {
      return (await this.findUserId(ctx, reader)) ? undefined : noAccount;
    } catch (error) {
      return toDeliveryResult(error);
    }
  }

  /** Updates the person's copy of a message. Without a copy it posts one if `mayPost`. */
  async deliver(ctx: Ctx, personal: PersonalMessage, mayPost = true): Promise<DeliveryResult> {
    try {
      return await this.tryDelivery(ctx, personal, mayPost);
    } catch (error) {
      return toDeliveryResult(error);
    }
  }

  private async tryDelivery(
    ctx: Ctx,
    personal: PersonalMessage,
    mayPost: boolean,
  ): Promise<DeliveryResult> {
    const userId = await this.findUserId(ctx, personal);
    if (!userId) return noAccount;
    if (personal.message.kind === 'home') return this.publish(ctx, personal, userId);
    const reply = drawThreadReply(personal.message);
    if (reply) return mayPost ? this.reply(ctx, personal, reply, userId) : { done: 'skipped' };
    if (personal.message.kind === 'comment') return { unreachable: 'no card of the task in Slack' };
    const message = markMessage(drawMessage(personal.message), personal);
    assertMessage(message);
    const hash = hashContent(message);
    const copy = await findMessageCopy(ctx, personal.key, 'slack');
    if (copy?.channelId && copy.ts) {
      if (copy.contentHash === hash) return { done: 'unchanged' };
      const redrawn = await this.redraw(ctx, personal, message, {
        channelId: copy.channelId,
        ts: copy.ts,
        hash,
      });
      if (redrawn) return redrawn;
    }
    if (!personal.isNews || !mayPost) return { done: 'skipped' };
    return this.post(ctx, personal, { message, userId, contentHash: hash });
  }

  private async post(
    ctx: Ctx,
    personal: PersonalMessage,
    {
      message,
      userId,
      contentHash,
    }: { message: SlackMessage; userId: string; contentHash: string },
  ): Promise<DeliveryResult> {
    const turn = this.pace.takePostTurn(userId);
    if ('slot' in turn) return { retryAt: turn.slot, counted: false };
    if (turn.waitMs > 0) await sleep(turn.waitMs);
    const channel = personal.identity?.channelId ?? (await this.openChannel(ctx, personal, userId));
    const posted = await this.postOnce(personal, message, channel);
    await inTransaction(ctx, (ctx) =>
      recordMessageCopy(ctx, personal.key, {
        surface: 'slack',
        channelId: posted.channel ?? channel,
        ts: posted.ts ?? '',
        contentHash,
      }),
    );
    return { done: 'sent' };
  }

  /** Posts a comment or a reminder in the thread of the reader's card, once. */
  private async reply(
    ctx: Ctx,
    personal: PersonalMessage,
    { message: unmarked, channelId, threadTs }: ThreadReply,
    userId: string,
  ): Promise<DeliveryResult> {
    const message = markMessage(unmarked, personal);
    if (await findMessageCopy(ctx, personal.key, 'slack')) return { done: 'unchanged' };
    if (!personal.isNews) return { done: 'skipped' };
    const turn = this.pace.takePostTurn(userId);
    if ('slot' in turn) return { retryAt: turn.slot, counted: false };
    if (turn.waitMs > 0) await sleep(turn.waitMs);
    assertMessage(message);
    const posted = await this.postOnce(personal, message, channelId, threadTs);
    await inTransaction(ctx, (ctx) =>
      recordMessageCopy(ctx, personal.key, {
        surface: 'slack',
        channelId,
        ts: posted.ts ?? '',
        contentHash: hashContent(message),
      }),
    );
    return { done: 'sent' };
  }

  private async postOnce(
    personal: PersonalMessage,
    message: SlackMessage,
    channel: string,
    threadTs?: string,
  ) {
    const arrived = personal.isRetry && (await this.findArrived(channel, personal, threadTs));
    if (arrived) return arrived;
    return this.client.chat.postMessage({
      channel,
      ...(threadTs ? { thread_ts: threadTs } : {}),
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
  }

  /**
   * Finds a message that arrived although the attempt got no answer (a timeout, a crash before it was recorded).
   * Without this check a second attempt would post the message twice.
   */
  private async findArrived(channel: string, personal: PersonalMessage, threadTs?: string) {
    const { history, replies } = this.client.conversations;
    const read = threadTs
      ? replies({ channel, ts: threadTs, limit: 200 })
      : history({ channel, limit: 30 });
    const { messages = [] } = await read.catch(() => ({ messages: [] }));
    const found = messages.find((one) => one.blocks?.[0]?.block_id === encodeMark(personal));
    return found && { channel, ts: found.ts };
  }

  /** @returns undefined if the copy is gone, so that a new message is needed. */
  private async redraw(
    ctx: Ctx,
    personal: PersonalMessage,
    message: SlackMessage,
    at: { channelId: string; ts: string; hash: string },
  ): Promise<DeliveryResult | undefined> {
    const turn = this.pace.takeUpdateTurn(personal.urgent);
    if ('slot' in turn) return { retryAt: turn.slot, counted: false };
    try {
      await this.client.chat.update({ channel: at.channelId, ts: at.ts, ...message });
    } catch (error) {
      if (isMessageGone(error)) return undefined;
      throw error;
    }
    await inTransaction(ctx, (ctx) =>
      recordMessageCopy(ctx, personal.key, {
        surface: 'slack',
        channelId: at.channelId,
        ts: at.ts,
        contentHash: at.hash,
      }),
    );
    return { done: 'redrawn' };
  }

  private async publish(
    ctx: Ctx,
    personal: PersonalMessage,
    userId: string,
  ): Promise<DeliveryResult> {
    if (personal.message.kind !== 'home') return { done: 'skipped' };
    const view = homeView(personal.message.home);
    assertView(view);
    const contentHash = hashContent(view);
    const copy = await findMessageCopy(ctx, personal.key, 'slack');
    if (copy?.contentHash === contentHash) return { done: 'unchanged' };
    await this.client.views.publish({ user_id: userId, view });
    await inTransaction(ctx, (ctx) =>
      recordMessageCopy(ctx, personal.key, { surface: 'slack', contentHash }),
    );
    return { done: 'redrawn' };
  }

  /** The Slack user id of a person, looked up by e-mail address if it is not known yet. */
  private async findUserId(ctx: Ctx, { person, identity }: Recipient): Promise<string | undefined> {
    if (identity?.state === 'linked') return identity.userId ?? undefined;
    const isFresh = identity && ctx.now.getTime() - identity.checkedAt.getTime() < maxLookupAgeMs;
    if (!person.email || isFresh) return undefined;
    const found = await this.lookUp(person.email);
    await saveLookup(ctx, person.id, found);
    return found && !found.barred ? found.userId : undefined;
  }

  private async lookUp(email: string) {
    try {
      const { user } = await this.client.users.lookupByEmail({ email });
      return user && toSlackUser(user, this.teamId);
    } catch (error) {
      if (slackErrorCode(error) === 'users_not_found') return undefined;
      throw error;
    }
  }

  private async openChannel(ctx: Ctx, personal: PersonalMessage, userId: string): Promise<string> {
    const { channel } = await this.client.conversations.open({ users: userId });
    if (!channel?.id) return userId;
    await saveChannel(ctx, personal.person.id, channel.id);
    return channel.id;
  }
}
