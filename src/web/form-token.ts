import { createHmac, timingSafeEqual } from 'node:crypto';

const maxAgeMs = 2 * 3_600_000;
/** The clocks of two machines that serve the same pages may differ by this much. */
const maxClockSkewMs = 5 * 60_000;

/**
 * Creates the token that the forms of a page carry, so that only a page that was shown recently can be sent. Its
 * key is the token of the link, which no other site knows and which is stored nowhere.
 * @param subject the thing that the page shows, such as the version of a step
 */
export function createFormToken(linkToken: string, subject: string, now: Date): string {
  const issued = now.getTime().toString(36);
  return `${issued}.${computeMac(linkToken, subject, issued)}`;
}

/** Whether a form token is for this subject and at most two hours old. Allows for clocks that differ. */
export function isFormFresh(
  linkToken: string,
  subject: string,
  formToken: string,
  now: Date,
): boolean {
  const [issued = '', mac = ''] = formToken.split('.');
  const expected = Buffer.from(computeMac(linkToken, subject, issued));
  const actual = Buffer.from(mac);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return false;
  const age = now.getTime() - Number.parseInt(issued, 36);
  return age >= -maxClockSkewMs && age <= maxAgeMs + maxClockSkewMs;
}

function computeMac(linkToken: string, subject: string, issued: string): string {
  return createHmac('sha256', linkToken).update(`form ${subject} ${issued}`).digest('base64url');
}
