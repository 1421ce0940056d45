import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';

const COOKIE = 'tasks_user';
// New at each start: everybody signs in again after that.
const secret = randomBytes(32);

/**
 * Who is signed in. FOR DEMONSTRATION: nobody has to prove who they are. In the browser it is whoever was typed in, kept in a signed
 * cookie; a program says so in the header X-User. An application of yours has its own sign-in here.
 */
export function userOf(request: Request): string | undefined {
  const cookie = /(?:^|;\s*)tasks_user=([^;]*)/.exec(request.get('cookie') ?? '')?.[1];
  return request.get('x-user') ?? (cookie === undefined ? undefined : verified(cookie));
}

export function signIn(response: Response, user: string): void {
  const name = Buffer.from(user).toString('base64url');
  response.cookie(COOKIE, `${name}.${sign(name)}`, { httpOnly: true, sameSite: 'strict' });
}

export function signOut(response: Response): void {
  response.clearCookie(COOKIE, { httpOnly: true, sameSite: 'strict' });
}

function verified(cookie: string): string | undefined {
  const [name = '', signature = ''] = cookie.split('.');
  const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(name))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return Buffer.from(name, 'base64url').toString();
}

function sign(name: string): string {
  return createHmac('sha256', secret).update(name).digest('base64url');
}
