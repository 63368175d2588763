import { createTransport } from 'nodemailer';
import type { MailHeaders } from './headers.ts';
import { cut, headerText, oneLine } from './text.ts';

export interface Address {
  name: string;
  address: string;
}

interface OutgoingMail extends MailHeaders {
  to: Address;
  subject: string;
  text: string;
  html: string;
}

/** `retry`: the server did not answer or asked to wait. `refused`: it will never take this mail. */
type Sending = { state: 'sent' } | { state: 'retry' | 'refused'; why: string };

export interface Mailer {
  from: Address;
  /** Never rejects. */
  send(mail: OutgoingMail): Promise<Sending>;
  /** Idle connections are closed at once, a mail under way is finished first. */
  close(): void;
}

/** The whole of one sending; below the minute for which the outbox holds a message for one delivery. */
const sendMs = 45_000;

/** Opens a pool of connections to the mail server; none is made before the first mail. */
export function openMailer(smtpUrl: string, from: string): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 4,
    // The outbox has its own retries; one more at once is for a pooled connection that has gone stale.
    maxRequeues: 1,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sender = parseSender(from);
  return {
    from: sender,
    send: async ({ to, ...mail }) => {
      if (!isAddress(to.address)) {
        return {
          state: 'refused',
          why: `“${headerText(to.address, 100)}” is not an e-mail address`,
        };
      }
      try {
        await transport.sendMail({
          ...mail,
          from: sender,
          // An object is taken as one address: nothing in the name can become a second one or a header.
          to: { name: headerText(to.name, 100), address: to.address },
          signal: AbortSignal.timeout(sendMs),
        });
        return { state: 'sent' };
      } catch (error) {
        return explain(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}

/** `Rolemine <rolemine@example.com>`, with or without quotation marks, or the address alone. */
export function parseSender(from: string): Address {
  const parts = /^(.*)<([^<>]+)>\s*$/s.exec(from);
  const name = headerText((parts?.[1] ?? '').trim().replace(/^"(.*)"$/s, '$1'), 100);
  return { name, address: (parts?.[2] ?? from).trim() };
}

/** One plain address, with nothing that has a meaning of its own in a header or an SMTP command. */
function isAddress(text: string): boolean {
  return /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(text);
}

interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/**
 * Only a 5xx about the recipient or the message itself is final (RFC 5321 section 4.2.1). One about the
 * greeting, the log-in or the sender is a matter of settings: it says nothing about this person, and the
 * mail goes out once it is mended. 503 means a session in the wrong state, not this mail.
 */
function explain(error: SmtpError): Sending {
  const { code, command, response, responseCode = 0 } = error;
  const why = cut(oneLine(response || `${code ?? ''} ${error.message}`), 200);
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  const isFinal = responseCode >= 500 && responseCode !== 503 && responseCode !== 530;
  return { state: isAboutMail && isFinal ? 'refused' : 'retry', why };
}
