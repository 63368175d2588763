import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { MailHeaders } from './headers.ts';
import { shortenText, toHeaderText, toOneLine } from './text.ts';

interface Address {
  name: string;
  address: string;
}

interface OutgoingMail extends MailHeaders {
  to: Address;
  subject: string;
  text: string;
  html: string;
}

/**
 * The result of one sending.
 * - `retry`: the server did not answer or asked to wait.
 * - `refused`: the server will never accept this mail.
 * - `undecided`: the server received the whole mail, and the connection broke before its answer.
 */
type Sending = { state: 'sent' } | { state: 'retry' | 'refused' | 'undecided'; reason: string };

export interface Mailer {
  from: Address;
  /** The longest that one sending takes, in milliseconds. */
  maxSendMs: number;
  /** Never rejects. */
  send(mail: OutgoingMail): Promise<Sending>;
  /** Closes idle connections at once, the others after their mail. */
  close(): void;
}

/** The longest that a mail server may be silent, in milliseconds. */
export interface MailTimeouts {
  /** Until it accepts the connection, and until it greets. */
  connect: number;
  greeting: number;
  /** For one answer. Tarpitting servers take half a minute on purpose. */
  answer: number;
  /** For the whole of one sending. */
  sending: number;
}

const defaultTimeouts: MailTimeouts = {
  connect: 15_000,
  greeting: 60_000,
  answer: 90_000,
  sending: 300_000,
};

/** Opens a pool of connections to the mail server. The first mail opens the first connection. */
export function openMailer(
  smtpUrl: string,
  from: string,
  timeouts: MailTimeouts = defaultTimeouts,
): Mailer {
  const transport = openPool(smtpUrl, timeouts);
  const streams = new Map<string, Readable>();
  transport.use('stream', ({ message }, done) => {
    const createReadStream = message.createReadStream.bind(message);
    // The stream of a mail is the only thing that knows whether the server received all of it.
    message.createReadStream = (options) => {
      const stream = createReadStream(options);
      streams.set(message.messageId(), stream);
      return stream;
    };
    done();
  });
  const sender = parseSender(from);
  return {
    from: sender,
    maxSendMs: timeouts.sending,
    send: async ({ to, ...mail }) => {
      if (!isAddress(to.address))
        return { state: 'refused', reason: 'it is not an e-mail address' };
      try {
        await transport.sendMail({
          ...mail,
          from: sender,
          // nodemailer reads an object as one address, so a name cannot add a second one or a header.
          to: { name: toHeaderText(to.name, 100), address: to.address },
          signal: AbortSignal.timeout(timeouts.sending),
        });
        return { state: 'sent' };
      } catch (error) {
        const wasSentWhole = streams.get(mail.messageId)?.readableEnded ?? false;
        // nodemailer rejects with Errors that carry these fields where it knows them.
        return classifyError(error as SmtpError, wasSentWhole);
      } finally {
        streams.delete(mail.messageId);
      }
    },
    close: () => transport.close(),
  };
}

function openPool(smtpUrl: string, timeouts: MailTimeouts) {
  return createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 4,
    // The outbox has its own retries. One immediate retry here is for a pooled connection that has gone stale.
    maxRequeues: 1,
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.answer,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Parses `Rolemine <rolemine@example.com>`, with or without quotation marks, or the address alone. */
export function parseSender(from: string): Address {
  const parts = /^(.*)<([^<>]+)>\s*$/s.exec(from);
  const name = toHeaderText((parts?.[1] ?? '').trim().replace(/^"(.*)"$/s, '$1'), 100);
  return { name, address: (parts?.[2] ?? from).trim() };
}

/** Whether a text is one plain address, without characters that mean something in a header or an SMTP command. */
function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(text);
}

interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/**
 * Decides whether a failed mail is tried again. Only a 5xx about the recipient or the message itself is final
 * (RFC 5321 section 4.2.1). A 5xx about the greeting, the login or the sender is a problem of the settings, and the
 * mail goes out after somebody fixes them. 503 means a session in the wrong state, not this mail.
 */
function classifyError(error: SmtpError, wasSentWhole: boolean): Sending {
  const { code, command, response, responseCode = 0 } = error;
  const reason = shortenText(toOneLine(response || `${code ?? ''} ${error.message}`), 200);
  if (wasSentWhole && !responseCode) return { state: 'undecided', reason };
  // nodemailer itself refuses a mail that is larger than the size the server announced.
  if (code === 'EMESSAGE' && command === 'MAIL FROM') return { state: 'refused', reason };
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  const isFinal = responseCode >= 500 && responseCode !== 503 && responseCode !== 530;
  return { state: isAboutMail && isFinal ? 'refused' : 'retry', reason };
}
