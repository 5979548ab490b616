/** Signing in by a mailed link: asking for one, as JSON or by a form, and using it. The pages around it are in src/web. */
import { askToSignIn, signInInput } from '../../features/identity/ask.ts';
import { signIn } from '../../features/identity/sign-in.ts';
import * as api from '../api/sign-in.ts';
import { sameOrigin, sessionOf } from '../auth.ts';
import { readForm, readJson } from '../body.ts';
import { type Call, type Edge, json, overLimit, ownHeaders, type Route, refuse, route } from '../edge.ts';
import { parseInput } from '../input.ts';
import { issued } from './sessions.ts';

/** The page with a person's tickets. */
const home = '/orders';

export function signInRoutes(edge: Edge): Route[] {
  const limited = async (call: Call) => {
    if (!edge.limits || !call.standing) return undefined;
    await edge.limits.signIns(call.incoming, call.standing);
    return overLimit(call);
  };
  const asker = (call: Call) => sessionOf(call.incoming.headers, 'POST', edge.sessions)?.user;

  const ask = async (call: Call): Promise<Response> => {
    const over = await limited(call);
    if (over) return refuse(call, over);
    const body = await readJson(call.incoming);
    if (body.status !== 'read') return refuse(call, body);
    const input = parseInput(signInInput, body.value);
    if (input.status !== 'valid') return refuse(call, input);
    await askToSignIn(call.ctx, input.value, asker(call));
    return new Response(null, { status: 202, headers: { 'cache-control': 'no-store', ...ownHeaders(call) } });
  };

  const askByForm = async (call: Call): Promise<Response> => {
    const over = await limited(call);
    if (over) return refuse(call, over);
    const read = await readForm(call.incoming);
    if (read.status !== 'read') return refuse(call, read);
    const input = parseInput(signInInput, { email: read.form.get('email') ?? '' });
    if (input.status !== 'valid') return seeOther(call, '/sign-in?said=address');
    await askToSignIn(call.ctx, input.value, asker(call));
    return seeOther(call, '/sign-in?said=sent');
  };

  const use = async (call: Call): Promise<Response> => {
    const token = call.c.req.param('token') ?? '';
    // Another site's page must not sign a browser in: people press the button themselves.
    if (!sameOrigin(call.incoming.headers)) return seeOther(call, `/sign-in/${encodeURIComponent(token)}`);
    const over = await limited(call);
    if (over) return refuse(call, over);
    const program = call.incoming.headers.accept?.includes('application/json') === true;
    const outcome = await signIn(call.ctx, token, asker(call));
    if (outcome.status !== 'signed_in') {
      return program ? refuse(call, outcome) : seeOther(call, '/sign-in?said=over');
    }
    const { text, cookie } = issued(edge, call, outcome.user);
    if (program) return json(call, 201, text, { 'set-cookie': cookie });
    return seeOther(call, home, { 'set-cookie': cookie });
  };

  return [
    route(api.askToSignIn, ask),
    route(api.askToSignInByForm, askByForm),
    route(api.useSignInLink, use),
  ];
}

function seeOther(call: Call, location: string, headers?: Record<string, string>): Response {
  const own = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return new Response(null, { status: 303, headers: { ...own, ...ownHeaders(call), ...headers } });
}
