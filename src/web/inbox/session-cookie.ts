import type { CookieOptions, Request, Response } from 'express';

/** 256 bits in base64url. */
const tokenShape = /^[\w-]{43}$/;

/**
 * The name and the attributes of the cookie that holds an open inbox. It lasts as long as the browser, and the session
 * ends earlier (docs/email.md#inbox). Browsers keep the prefix `__Host-` from other hosts and from plain HTTP.
 */
function cookieOf(publicUrl: string | undefined): { name: string; options: CookieOptions } {
  const secure = publicUrl?.startsWith('https:') ?? false;
  return {
    name: secure ? '__Host-rolemine_inbox' : 'rolemine_inbox',
    options: { httpOnly: true, sameSite: 'strict', secure, path: '/' },
  };
}

export function setSessionCookie(
  response: Response,
  publicUrl: string | undefined,
  session: string,
): void {
  const { name, options } = cookieOf(publicUrl);
  response.cookie(name, session, options);
}

export function clearSessionCookie(response: Response, publicUrl: string | undefined): void {
  const { name, options } = cookieOf(publicUrl);
  response.clearCookie(name, options);
}

/** Reads the session of a request; undefined when it has none. */
export function readSessionCookie(
  request: Request,
  publicUrl: string | undefined,
): string | undefined {
  const { name } = cookieOf(publicUrl);
  for (const pair of (request.get('Cookie') ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined && tokenShape.test(value)) return value;
  }
  return undefined;
}
