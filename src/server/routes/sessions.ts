/** Sessions: a person gets a token without saying who they are; the same token is the same person. */
import { showId, type UserId } from '../../domain/ids.ts';
import { createSession } from '../api/public.ts';
import { sameOrigin, sessionCookie, sessionOf } from '../auth.ts';
import { type Call, type Edge, json, overLimit, type Route, refuse, route } from '../edge.ts';
import { time } from '../views.ts';

export function sessionRoutes(edge: Edge): Route[] {
  /** With a valid session it is renewed for the same person, without one a new person begins. */
  const create = async (call: Call): Promise<Response> => {
    if (edge.limits && call.standing) {
      await edge.limits.sessions(call.incoming, call.standing);
      const over = overLimit(call);
      if (over) return refuse(call, over);
    }
    const known = sessionOf(call.incoming.headers, 'POST', edge.sessions);
    const user = known?.user ?? (call.ctx.ids.uuid() as UserId);
    const { text, cookie } = issued(edge, call, user);
    // Another site's page must not put a new person in the place of the one whose holds this browser has.
    return json(call, 201, text, sameOrigin(call.incoming.headers) ? { 'set-cookie': cookie } : undefined);
  };
  return [route(createSession, create)];
}

/** A new session of somebody: as JSON, and as the cookie of our own pages. */
export function issued(edge: Edge, call: Call, user: UserId): { text: string; cookie: string } {
  const { token, expiresAt } = edge.sessions.issue(user);
  const seconds = Math.max(0, Math.floor((expiresAt - call.ctx.clock.now()) / 1_000));
  const secure = edge.secureCookies ? '; Secure' : '';
  return {
    text: JSON.stringify({ token, userId: showId('session', user), expiresAt: time(expiresAt) }),
    cookie: `${sessionCookie}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
  };
}
