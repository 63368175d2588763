import { createHash } from 'node:crypto';
import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  type Delivery,
  findLetterCopy,
  type Letter,
  recordLetterCopy,
} from '../governance/messages.ts';
import { type RenderedMail, type RenderOptions, renderMail } from './render.ts';
import { type Mailer, openMailer } from './transport.ts';

const retryMs = 30_000;

export interface EmailOptions extends RenderOptions {
  smtpUrl: string | undefined;
  /** `Rolemine <rolemine@example.com>` */
  from: string;
}

/** Delivers letters by e-mail: one mail a person and subject, since a mail cannot be redrawn. */
export class EmailDelivery {
  private readonly mailer: Mailer | undefined;
  private readonly options: RenderOptions;

  constructor({ smtpUrl, from, ...options }: EmailOptions) {
    this.mailer = smtpUrl ? openMailer(smtpUrl, from) : undefined;
    this.options = options;
  }

  /** Sends a letter, unless this person has its mail already or it is no news to them. */
  async deliver(ctx: Ctx, letter: Letter): Promise<Delivery> {
    const mail = renderMail(letter, this.options);
    if (!mail) return { done: 'moot' };
    if (await findLetterCopy(ctx, letter.key, 'email')) return { done: 'unchanged' };
    if (!letter.isNews) return { done: 'moot' };
    const { email, name } = letter.person;
    if (!email) return { unreachable: 'no e-mail address' };
    if (!this.mailer) return { unreachable: 'SMTP_URL is not set' };
    const sending = await this.mailer.send({
      ...mail,
      to: { name, address: email },
      messageId: messageIdOf(letter, this.mailer.from.address),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    switch (sending.state) {
      case 'sent':
        await inTransaction(ctx, (ctx) =>
          recordLetterCopy(ctx, letter.key, 'email', { contentHash: hashOf(mail) }),
        );
        return { done: 'sent' };
      case 'refused':
        return { unreachable: `the mail server refuses it: ${sending.why}` };
      case 'retry':
        // By the clock, not by `ctx.now`: a server that is silent may have taken most of a minute.
        return { retryAt: new Date(Date.now() + retryMs), counted: true, error: sending.why };
    }
  }

  close(): void {
    this.mailer?.close();
  }
}

/**
 * The same for every sending of a letter, so that a mailbox can tell a repeat after a crash. The moment the
 * person was stored is in it because ids begin anew in a new database, and a mailbox that saw
 * an old one's id would drop the new mail unseen; and what is told a second time is a mail of its own.
 */
function messageIdOf({ key, person, since }: Letter, sender: string): string {
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const store = person.createdAt.getTime().toString(36);
  const news = since ? `.${since.getTime().toString(36)}` : '';
  return `<rolemine.${key.kind}.${key.subjectId}.${key.recipientId}.${store}${news}@${domain}>`;
}

function hashOf(mail: RenderedMail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32);
}
