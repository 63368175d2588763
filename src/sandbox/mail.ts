import { once } from 'node:events';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** An e-mail that arrived. */
export interface Mail {
  id: number;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  /** Milliseconds by the sandbox's clock. */
  at: number;
}

/** A failure to inject for the next recipients: a reply code, or a dropped connection. */
export interface MailFailRule {
  kind: 451 | 421 | 550 | 'drop';
  times?: number;
  /** Only for this address. */
  to?: string;
}

const failureTexts: Record<number, string> = {
  451: 'Requested action aborted: local error in processing',
  421: 'Service not available, closing transmission channel',
  550: 'Requested action not taken: mailbox unavailable',
};

/** A real SMTP server on the loopback address that stores incoming mail. */
export class Mailbox {
  readonly mails: Mail[] = [];
  readonly #rules: { rule: MailFailRule; remaining: number }[] = [];
  readonly #server: SMTPServer;
  readonly #onArrival: (mail: Mail) => void;
  readonly #now: () => number;

  constructor(now: () => number, onArrival: (mail: Mail) => void) {
    this.#now = now;
    this.#onArrival = onArrival;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'anyone' }),
      onRcptTo: (address, session, callback) => {
        const failure = this.#takeFailure(address.address);
        if (failure === 'drop') {
          // The library cannot drop a connection, so its socket is found by the id of the session.
          for (const connection of this.#server.connections) {
            if (Reflect.get(connection, 'id') === session.id) connection.close();
          }
          return;
        }
        if (!failure) return callback();
        callback(Object.assign(new Error(failureTexts[failure]), { responseCode: failure }));
      },
      onData: (stream, session, callback) => {
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        this.#store(stream, to).then(
          () => callback(),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
      },
    });
    this.#server.on('error', () => undefined); // a client that disconnects is not an error here
  }

  /** Listens on a free port; returns the address for `SMTP_URL`. */
  async listen(): Promise<string> {
    const listening = once(this.#server.server, 'listening');
    this.#server.listen(0, '127.0.0.1');
    await listening;
    const address = this.#server.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  }

  /** Injects a failure; the returned function removes it. */
  fail(rule: MailFailRule): () => void {
    const entry = { rule, remaining: rule.times ?? 1 };
    this.#rules.push(entry);
    return () => {
      entry.remaining = 0;
    };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #takeFailure(address: string): MailFailRule['kind'] | undefined {
    const entry = this.#rules.find(
      ({ rule, remaining }) =>
        remaining > 0 && (!rule.to || rule.to.toLowerCase() === address.toLowerCase()),
    );
    if (entry) entry.remaining -= 1;
    return entry?.rule.kind;
  }

  async #store(stream: SMTPServerDataStream, to: string[]): Promise<void> {
    const parsed = await simpleParser(stream);
    const mail = {
      id: this.mails.length + 1,
      from: parsed.from?.text ?? '',
      to,
      subject: parsed.subject ?? '',
      text: parsed.text ?? '',
      html: parsed.html || '',
      headers: Object.fromEntries(
        parsed.headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()]),
      ),
      at: this.#now(),
    };
    this.mails.push(mail);
    this.#onArrival(mail);
  }
}
