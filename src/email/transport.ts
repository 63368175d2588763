import type { Readable } from 'node:stream';
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

/**
 * `retry`: the server did not answer or asked to wait. `refused`: it will never take this mail. `undecided`: it got
 * all of it, and the line broke before it said whether it takes it.
 */
type Sending = { state: 'sent' } | { state: 'retry' | 'refused' | 'undecided'; why: string };

export interface Mailer {
  from: Address;
  /** The longest that one sending takes, in milliseconds. */
  longestMs: number;
  /** Never rejects. */
  send(mail: OutgoingMail): Promise<Sending>;
  /** Idle connections are closed at once, a mail under way is finished first. */
  close(): void;
}

/** For how long a mail server may be silent, in milliseconds. */
export interface MailWaits {
  /** Until it takes the connection, and until it greets. */
  connect: number;
  greeting: number;
  /** For one answer. Servers that are slow on purpose take half a minute. */
  answer: number;
  /** For the whole of one sending. */
  sending: number;
}

const patient: MailWaits = {
  connect: 15_000,
  greeting: 60_000,
  answer: 90_000,
  sending: 300_000,
};

/** Opens a pool of connections to the mail server; none is made before the first mail. */
export function openMailer(smtpUrl: string, from: string, waits: MailWaits = patient): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 4,
    // The outbox has its own retries; one more at once is for a pooled connection that has gone stale.
    maxRequeues: 1,
    connectionTimeout: waits.connect,
    greetingTimeout: waits.greeting,
    socketTimeout: waits.answer,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Whether the whole of a mail went to the server is known by the stream it was read from.
  const streams = new Map<string, Readable>();
  transport.use('stream', ({ message }, done) => {
    const create = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const stream = create(options);
      streams.set(message.messageId(), stream);
      return stream;
    };
    done();
  });
  const sender = parseSender(from);
  return {
    from: sender,
    longestMs: waits.sending,
    send: async ({ to, ...mail }) => {
      if (!isAddress(to.address)) {
        return {
          state: 'refused',
          why: 'it is not an e-mail address',
        };
      }
      try {
        await transport.sendMail({
          ...mail,
          from: sender,
          // An object is taken as one address: nothing in the name can become a second one or a header.
          to: { name: headerText(to.name, 100), address: to.address },
          signal: AbortSignal.timeout(waits.sending),
        });
        return { state: 'sent' };
      } catch (error) {
        return explain(error as SmtpError, streams.get(mail.messageId)?.readableEnded ?? false);
      } finally {
        streams.delete(mail.messageId);
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
  return text.length <= 320 && /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(text);
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
function explain(error: SmtpError, wasSentWhole: boolean): Sending {
  const { code, command, response, responseCode = 0 } = error;
  const why = cut(oneLine(response || `${code ?? ''} ${error.message}`), 200);
  if (wasSentWhole && !responseCode) return { state: 'undecided', why };
  // What is larger than the server says it takes is not even offered to it.
  if (code === 'EMESSAGE' && command === 'MAIL FROM') return { state: 'refused', why };
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  const isFinal = responseCode >= 500 && responseCode !== 503 && responseCode !== 530;
  return { state: isAboutMail && isFinal ? 'refused' : 'retry', why };
}
