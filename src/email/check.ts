import { createTransport } from 'nodemailer';
import { Refusal } from '../errors.ts';

const timeoutMs = 10_000;

/**
 * Checks that the mail server answers and accepts the user and password of the URL. Sends no mail.
 * @returns a sentence for the log, without a period.
 * @throws Refusal unavailable with a sentence that says what to fix.
 */
export async function checkMail(smtpUrl: string): Promise<string> {
  const { hostname, port, protocol } = new URL(smtpUrl);
  const server = `${hostname}:${port || (protocol === 'smtps:' ? 465 : 587)}`;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  try {
    await transport.verify();
    return `the mail server at ${server} is ready`;
  } catch (error) {
    throw new Refusal('unavailable', describeFailure(error, server));
  } finally {
    transport.close();
  }
}

/** Codes of Node.js and OpenSSL about the secure connection itself: a plain server, a certificate that is not trusted. */
const tlsCodes = /^ERR_(SSL|TLS)_|^EPROTO$|CERT|SIGNATURE|ISSUER/;

function describeFailure(error: unknown, server: string): string {
  // nodemailer rejects with Errors that carry its own code, and the code of Node.js as the original one.
  const { code, originalCode, message } = error as NodeJS.ErrnoException & {
    originalCode?: string;
  };
  if (code === 'EAUTH') {
    return `the mail server at ${server} rejects the user or password of SMTP_URL: correct them.`;
  }
  if (code === 'ETLS' || tlsCodes.test(originalCode ?? '')) {
    return `no secure connection to ${server} (${message}): use smtps:// for TLS from the first byte, smtp:// for STARTTLS.`;
  }
  return `the mail server at ${server} does not answer (${code ?? message}): check SMTP_URL.`;
}
