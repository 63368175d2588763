import { createTransport } from 'nodemailer';
import { Refusal } from '../errors.ts';

const timeout = 10_000;

/**
 * Does the mail server answer, and does it take the user and password of the URL? Nothing is sent.
 * @throws Refusal with the sentence that says what to mend.
 */
export async function checkMail(smtpUrl: string): Promise<string> {
  const { hostname, port, protocol } = new URL(smtpUrl);
  const where = `${hostname}:${port || (protocol === 'smtps:' ? 465 : 587)}`;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
  });
  try {
    await transport.verify();
    return `the mail server at ${where} takes mail`;
  } catch (error) {
    throw new Refusal('unavailable', sentenceOf(error, where));
  } finally {
    transport.close();
  }
}

function sentenceOf(error: unknown, where: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EAUTH') {
    return `the mail server at ${where} refuses the user or password of SMTP_URL: mend them.`;
  }
  if (code === 'ETLS' || /ssl|tls|certificate/i.test(message)) {
    return `no secure connection to ${where} (${message}): use smtps:// for TLS from the first byte, smtp:// for STARTTLS.`;
  }
  return `the mail server at ${where} does not answer (${code ?? message}): check SMTP_URL.`;
}
