import type { FastifyRequest } from 'fastify';
import { ConsoleFault, notFound } from '../../core/fault.ts';
import { judge, Rights } from '../../core/rights.ts';
import { isSameOrigin } from '../../core/same-origin.ts';
import type { ConsoleDeps } from './app.ts';
import { sessionCookie, type Visit } from './visit.ts';

/**
 * Lets a request in: from the console's own pages if it changes something, of a session that holds, with the right that the
 * call needs. Before its body is read.
 *
 * @throws ConsoleFault
 */
export async function admit(visit: Visit, request: FastifyRequest, deps: ConsoleDeps): Promise<void> {
  const { endpoint } = visit;
  const changing = endpoint.method !== 'GET';
  if (changing && !isSameOrigin(originOf(request), deps.publicUrl)) {
    throw new ConsoleFault('bad_csrf', 'other_origin');
  }
  if (endpoint.needs !== 'nothing') {
    await identify(visit, deps, visit.changes);
    if (changing) checkToken(visit, request);
    checkRights(visit);
  }
  if (visit.changes) deps.audit.assertReady();
}

/** Finds out who it is. @throws ConsoleFault `not_signed_in` */
export async function identify(
  visit: Visit,
  { sessions, secureCookie }: ConsoleDeps,
  strictly: boolean,
): Promise<void> {
  const token = visit.cookies[sessionCookie(secureCookie).name];
  const signedIn = token === undefined ? null : await sessions.find(token, strictly);
  if (signedIn === null) throw new ConsoleFault('not_signed_in', 'not_signed_in');
  visit.signedIn = signedIn;
  visit.rights = new Rights(signedIn.operator.rights);
}

/** @throws ConsoleFault */
export function checkRights(visit: Visit): void {
  const { needs } = visit.endpoint;
  if (visit.signedIn?.mustChangePassword && needs !== 'session') {
    throw new ConsoleFault('password_change_needed', 'change_password_first');
  }
  const verdict = judge(visit.rights, needs, visit.app);
  if (verdict === 'forbidden') {
    if (needs === 'any') throw new ConsoleFault('forbidden', 'needs_any_right');
    throw new ConsoleFault('forbidden', 'needs_right', { params: { right: needs } });
  }
  if (verdict === 'hidden') {
    visit.hidden = true;
    throw notFound('app');
  }
}

function checkToken(visit: Visit, request: FastifyRequest): void {
  // Each is a digest of a random number that is a secret: comparing them tells nothing that is worth knowing.
  if (request.headers['x-csrf-token'] === visit.signedIn?.csrf) return;
  throw new ConsoleFault('bad_csrf', 'wrong_csrf_token', { field: 'x-csrf-token' });
}

function originOf({ headers }: FastifyRequest): Parameters<typeof isSameOrigin>[0] {
  const fetchSite = headers['sec-fetch-site'];
  return {
    origin: headers.origin,
    fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
    host: headers.host,
  };
}
