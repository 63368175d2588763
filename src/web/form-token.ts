import { createHmac, timingSafeEqual } from 'node:crypto';

const maxAgeMs = 2 * 3_600_000;
/** By so much the clocks of two machines that serve the same pages may differ. */
const skewMs = 5 * 60_000;

/**
 * What a page's forms carry, so that only a page that was shown, and not long ago, can be sent. It is made with the
 * link's own token, which no other site knows and which is kept nowhere.
 * @param about what the page was drawn for, such as the version of a step
 */
export function formToken(linkToken: string, about: string, now: Date): string {
  const issued = now.getTime().toString(36);
  return `${issued}.${macOf(linkToken, about, issued)}`;
}

/** Whether a form was drawn for this, within two hours; a moment ahead is a clock that goes wrong. */
export function isFormFresh(linkToken: string, about: string, given: string, now: Date): boolean {
  const [issued = '', mac = ''] = given.split('.');
  const expected = Buffer.from(macOf(linkToken, about, issued));
  const actual = Buffer.from(mac);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return false;
  const age = now.getTime() - Number.parseInt(issued, 36);
  return age >= -skewMs && age <= maxAgeMs + skewMs;
}

function macOf(linkToken: string, about: string, issued: string): string {
  return createHmac('sha256', linkToken).update(`form ${about} ${issued}`).digest('base64url');
}
