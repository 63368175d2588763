import { createHash } from 'node:crypto';
import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  type DeliveryResult,
  findMessageCopy,
  listThread,
  type PersonalMessage,
  recordMessageCopy,
} from '../governance/messages/messages.ts';
import { uncertainDelivery } from '../governance/notifications/channel-routing.ts';
import { loadPreferences } from '../governance/notifications/preferences.ts';
import { buildHeaders, findTaskId } from './headers.ts';
import { createMailLinks } from './links.ts';
import { type RenderedMail, type RenderOptions, renderMail } from './render.ts';
import { toHeaderText } from './text.ts';
import { type Mailer, type MailTimeouts, openMailer } from './transport.ts';

const retryMs = 30_000;

export interface EmailOptions extends RenderOptions {
  smtpUrl: string | undefined;
  /** `Rolemine <rolemine@example.com>` */
  from: string;
  timeouts?: MailTimeouts;
}

/** Delivers messages by e-mail. A mail cannot be redrawn, so each person gets one mail a subject. */
export class EmailDelivery {
  private readonly mailer: Mailer | undefined;
  private readonly options: RenderOptions;

  constructor({ smtpUrl, from, timeouts, ...options }: EmailOptions) {
    this.mailer = smtpUrl ? openMailer(smtpUrl, from, timeouts) : undefined;
    this.options = options;
  }

  /** The longest that one delivery takes, in milliseconds; 0 without a mail server. */
  get maxSendMs(): number {
    return this.mailer?.maxSendMs ?? 0;
  }

  /** Sends a message, unless its reader already has the mail, has left, or would learn nothing new from it. */
  async deliver(ctx: Ctx, personalMessage: PersonalMessage): Promise<DeliveryResult> {
    const { id } = personalMessage.person;
    const { channel } = (await loadPreferences(ctx, [id]))(id);
    const options = { ...this.options, channel };
    // Every mail gets new links, so the content hash is made of the mail without links.
    const content = renderMail(personalMessage, options);
    if (!content) return { done: 'skipped' };
    const copy = await findMessageCopy(ctx, personalMessage.key, 'email');
    if (copy && copy.contentHash !== uncertainDelivery) return { done: 'unchanged' };
    const { email, name, active, closedAt } = personalMessage.person;
    // People who have left get no mail: their links open nothing, and their mailbox may belong to somebody else.
    if (!personalMessage.isNews || !active || closedAt) return { done: 'skipped' };
    if (!email) return { unreachable: 'no e-mail address', mail: 'no_address' };
    if (!this.mailer) return { unreachable: 'SMTP_URL is not set' };
    const { publicUrl } = this.options;
    const links = publicUrl ? await createMailLinks(ctx, personalMessage, publicUrl) : undefined;
    const taskId = findTaskId(personalMessage);
    const headers = buildHeaders(personalMessage, {
      sender: this.mailer.from.address,
      replyTo: this.options.replyTo,
      thread: taskId === undefined ? [] : await listThread(ctx, id, taskId),
      links,
    });
    const mail = renderMail(personalMessage, { ...options, links }) ?? content;
    const sending = await this.mailer.send({ ...mail, ...headers, to: { name, address: email } });
    const record = (contentHash: string, mailId?: string) =>
      inTransaction(ctx, (ctx) =>
        recordMessageCopy(ctx, personalMessage.key, {
          surface: 'email',
          contentHash,
          ...(mailId ? { mailId } : {}),
        }),
      );
    switch (sending.state) {
      case 'undecided':
        // It is sent a second time under the same Message-ID. After that, it counts as delivered.
        if (!copy) {
          await record(uncertainDelivery);
          return postpone(sending.reason);
        }
        await record(hashContent(content), headers.messageId);
        return { done: 'sent' };
      case 'sent':
        await record(hashContent(content), headers.messageId);
        return { done: 'sent' };
      case 'refused':
        return {
          unreachable: `${toHeaderText(email, 320)} is refused: ${sending.reason}`,
          mail: 'refused',
          address: email,
        };
      case 'retry':
        return postpone(sending.reason);
    }
  }

  close(): void {
    this.mailer?.close();
  }
}

/** Uses the clock, not `ctx.now`: a silent server may have taken most of a minute. */
function postpone(error: string): DeliveryResult {
  return { retryAt: new Date(Date.now() + retryMs), counted: true, error };
}

function hashContent(mail: RenderedMail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32);
}
