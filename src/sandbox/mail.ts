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

/** Trouble to order for the next recipients: a reply code, or a connection that breaks. */
export interface MailFailRule {
  kind: 451 | 421 | 550 | 'drop';
  times?: number;
  /** Only for this address. */
  to?: string;
}

const WORDS: Record<number, string> = {
  451: 'Requested action aborted: local error in processing',
  421: 'Service not available, closing transmission channel',
  550: 'Requested action not taken: mailbox unavailable',
};

/** A real SMTP server on loopback that keeps what arrives. */
export class Mailbox {
  readonly mails: Mail[] = [];
  readonly #rules: { rule: MailFailRule; left: number }[] = [];
  readonly #server: SMTPServer;
  readonly #arrived: (mail: Mail) => void;
  readonly #now: () => number;

  constructor(now: () => number, arrived: (mail: Mail) => void) {
    this.#now = now;
    this.#arrived = arrived;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'anyone' }),
      onRcptTo: (address, session, callback) => {
        const failure = this.#takeFailure(address.address);
        if (failure === 'drop') {
          // The library has no word for breaking a line: the socket of this session is found by its port.
          for (const connection of this.#server.connections) {
            if (Reflect.get(connection, 'id') === session.id) connection.close();
          }
          return;
        }
        if (!failure) return callback();
        callback(Object.assign(new Error(WORDS[failure]), { responseCode: failure }));
      },
      onData: (stream, session, callback) => {
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        this.#keep(stream, to).then(
          () => callback(),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
      },
    });
    this.#server.on('error', () => undefined); // a client that hangs up is no trouble of ours
  }

  /** Listens on a free port; returns the address for `SMTP_URL`. */
  async listen(): Promise<string> {
    const listening = once(this.#server.server, 'listening');
    this.#server.listen(0, '127.0.0.1');
    await listening;
    const address = this.#server.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  }

  /** Orders a failure; the returned function takes it back. */
  fail(rule: MailFailRule): () => void {
    const entry = { rule, left: rule.times ?? 1 };
    this.#rules.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #takeFailure(address: string): MailFailRule['kind'] | undefined {
    const entry = this.#rules.find(
      ({ rule, left }) => left > 0 && (!rule.to || rule.to.toLowerCase() === address.toLowerCase()),
    );
    if (entry) entry.left -= 1;
    return entry?.rule.kind;
  }

  async #keep(stream: SMTPServerDataStream, to: string[]): Promise<void> {
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
    this.#arrived(mail);
  }
}
