import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** The server's behavior for a recipient; `once` is the first attempt only. */
export type Trick =
  | 'greylist once'
  | '421 once'
  | 'refuse'
  | 'drop once'
  | 'drop always'
  | 'slow'
  | undefined;

export interface HostileMailServer {
  /** The value of SMTP_URL. */
  url: string;
  /** The Message-IDs that each address received, in order. */
  got: Map<string, string[]>;
  /** The number of times each trick was played. */
  played: Map<string, number>;
  /** The number of recipients and mails in progress. */
  busy(): number;
  close(): Promise<void>;
}

/**
 * Starts a mail server that plays a trick on each recipient.
 * @param options.slowMs the silence before it accepts a slow recipient, and again before it accepts the mail.
 * @param options.failedTls the number of STARTTLS attempts that fail first.
 */
export async function startHostileMailServer(options: {
  trickOf(address: string): Trick;
  slowMs: number;
  failedTls: number;
}): Promise<HostileMailServer> {
  const got = new Map<string, string[]>();
  const played = new Map<string, number>();
  const seen = new Set<string>();
  let busy = 0;
  let failedTls = 0;
  const play = (trick: string) => played.set(trick, (played.get(trick) ?? 0) + 1);
  const isFirst = (address: string) => !seen.has(address) && seen.add(address) !== undefined;
  const cut = (session: SMTPServerSession) => {
    for (const connection of server.connections) {
      if (Reflect.get(connection, 'id') === session.id) connection.close();
    }
  };
  const answer = (code: number, words: string) =>
    Object.assign(new Error(words), { responseCode: code });

  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onSecure: (_socket, _session, callback) => {
      failedTls += 1;
      if (failedTls > options.failedTls) return callback();
      play('STARTTLS fails');
      callback(new Error('no TLS today'));
    },
    onRcptTo: async ({ address }, _session, callback) => {
      busy += 1;
      const trick = options.trickOf(address);
      try {
        if (trick === 'slow') await slowly();
        if (trick === 'refuse') {
          play('550');
          return callback(answer(550, '5.1.1 no such user'));
        }
        if (trick === 'greylist once' && isFirst(address)) {
          play('451');
          return callback(answer(451, '4.7.1 greylisted, come back'));
        }
        callback();
      } finally {
        busy -= 1;
      }
    },
    onData: async (stream, session, callback) => {
      busy += 1;
      try {
        const mail = await text(stream);
        const address = session.envelope.rcptTo[0]?.address ?? '';
        const trick = options.trickOf(address);
        if (trick === '421 once' && isFirst(address)) {
          play('421');
          callback(answer(421, '4.3.2 closing'));
          return cut(session);
        }
        if (trick === 'slow') await slowly();
        const id = /^message-id: *(<[^>]*>)/im.exec(mail)?.[1] ?? '';
        got.set(address, [...(got.get(address) ?? []), id]);
        if (trick === 'drop always' || (trick === 'drop once' && isFirst(address))) {
          play('drop after DATA');
          return cut(session);
        }
        callback();
      } finally {
        busy -= 1;
      }
    },
  });
  const slowly = async () => {
    play('silence');
    await sleep(options.slowMs);
  };
  server.on('error', () => {}); // Clients hang up in these tests.
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    // Its certificate is self-signed.
    url: `smtp://127.0.0.1:${port}?tls.rejectUnauthorized=false`,
    got,
    played,
    busy: () => busy,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
