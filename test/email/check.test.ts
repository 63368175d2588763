import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMail } from '../../src/email/check.ts';

describe('the check of the mail server', () => {
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('220 plain.example\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  it('says that a server without TLS does not speak smtps', async () => {
    await expect(checkMail(`smtps://127.0.0.1:${port}`)).rejects.toThrow(
      /^no secure connection to 127\.0\.0\.1:\d+ \(.*\): use smtps/s,
    );
  });

  it('says that nobody answers, also where the host has a name with TLS in it', async () => {
    await expect(checkMail('smtp://tls-certificate.invalid:2525')).rejects.toThrow(
      /^the mail server at tls-certificate\.invalid:2525 does not answer/,
    );
  });
});
