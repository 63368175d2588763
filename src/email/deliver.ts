import { createHash } from 'node:crypto';
import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  type DeliveryResult,
  findMessageCopy,
  listThread,
  type PersonalMessage,
  recordMessageCopy,
} from '../governance/messages/messages.ts';
import { undecided } from '../governance/notifications/channel-routing.ts';
import { loadPreferences } from '../governance/notifications/preferences.ts';
import { headersOf, taskOf } from './headers.ts';
import { createLinks } from './links.ts';
import { type RenderedMail, type RenderOptions, renderMail } from './render.ts';
import { headerText } from './text.ts';
import { type Mailer, type MailWaits, openMailer } from './transport.ts';

const retryMs = 30_000;

export interface EmailOptions extends RenderOptions {
  smtpUrl: string | undefined;
  /** `Rolemine <rolemine@example.com>` */
  from: string;
  waits?: MailWaits;
}

/** Delivers letters by e-mail: one mail a person and subject, since a mail cannot be redrawn. */
export class EmailDelivery {
  private readonly mailer: Mailer | undefined;
  private readonly options: RenderOptions;

  constructor({ smtpUrl, from, waits, ...options }: EmailOptions) {
    this.mailer = smtpUrl ? openMailer(smtpUrl, from, waits) : undefined;
    this.options = options;
  }

  /** How long one delivery may take, in milliseconds. */
  get longestMs(): number {
    return this.mailer?.longestMs ?? 0;
  }

  /** Sends a letter, unless this person has its mail already or has left, or it is no news to them. */
  async deliver(ctx: Ctx, personalMessage: PersonalMessage): Promise<DeliveryResult> {
    // Without its links, which are new with every mail: what it says.
    const { id } = personalMessage.person;
    const { channel } = (await loadPreferences(ctx, [id]))(id);
    const options = { ...this.options, channel };
    const said = renderMail(personalMessage, options);
    if (!said) return { done: 'moot' };
    const copy = await findMessageCopy(ctx, personalMessage.key, 'email');
    if (copy && copy.contentHash !== undecided) return { done: 'unchanged' };
    const { email, name, active, closedAt } = personalMessage.person;
    // Whoever has left is told nothing more: their links open nothing, and their mailbox may be another's.
    if (!personalMessage.isNews || !active || closedAt) return { done: 'moot' };
    if (!email) return { unreachable: 'no e-mail address' };
    if (!this.mailer) return { unreachable: 'SMTP_URL is not set' };
    const { publicUrl } = this.options;
    const links = publicUrl ? await createLinks(ctx, personalMessage, publicUrl) : undefined;
    const about = taskOf(personalMessage);
    const headers = headersOf(personalMessage, {
      sender: this.mailer.from.address,
      replyTo: this.options.replyTo,
      thread: about === undefined ? [] : await listThread(ctx, id, about),
      links,
    });
    const mail = renderMail(personalMessage, { ...options, links }) ?? said;
    const sending = await this.mailer.send({ ...mail, ...headers, to: { name, address: email } });
    const record = (contentHash: string, mailId?: string) =>
      inTransaction(ctx, (ctx) =>
        recordMessageCopy(ctx, personalMessage.key, 'email', {
          contentHash,
          ...(mailId ? { mailId } : {}),
        }),
      );
    switch (sending.state) {
      case 'undecided':
        // Once more, under the same Message-ID; after that it is taken to have arrived.
        if (!copy) {
          await record(undecided);
          return { retryAt: new Date(Date.now() + retryMs), counted: true, error: sending.why };
        }
        await record(hashOf(said), headers.messageId);
        return { done: 'sent' };
      case 'sent':
        await record(hashOf(said), headers.messageId);
        return { done: 'sent' };
      case 'refused':
        return { unreachable: `${headerText(email, 320)} is refused: ${sending.why}` };
      case 'retry':
        // By the clock, not by `ctx.now`: a server that is silent may have taken most of a minute.
        return { retryAt: new Date(Date.now() + retryMs), counted: true, error: sending.why };
    }
  }

  close(): void {
    this.mailer?.close();
  }
}

function hashOf(mail: RenderedMail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32);
}
