import Type, { type Static } from 'typebox';
import { TimeMs } from '../../common/protocol/ids.ts';
import { endpoint } from './endpoint.ts';
import { Operator } from './operators.ts';

/** Characters of a password that is chosen. */
export const minPassword = 12;
export const maxPassword = 256;

export const Session = Type.Object({
  operator: Operator,
  /** To be sent as `x-csrf-token` with every call that isn't a GET. */
  csrf: Type.String(),
  /** Until it is changed, only calls of the session itself are answered. */
  mustChangePassword: Type.Boolean(),
  expiresAt: TimeMs,
  /** Where virtual devices connect; null: there are none. */
  deviceUrl: Type.Union([Type.String(), Type.Null()]),
});
export type Session = Static<typeof Session>;

/** Any text: a wrong one is answered as wrong, whatever it looks like. */
const given = Type.String({ minLength: 1, maxLength: maxPassword });

/** Signing in and out, and what is said of the session. */
export const sessionCalls = {
  signInOptions: endpoint({
    method: 'GET',
    path: '/sign-in',
    summary: 'How one may sign in beside a name and a password',
    needs: 'nothing',
    answer: Type.Object({ oidc: Type.Union([Type.Object({ name: Type.String() }), Type.Null()]) }),
    example: {},
  }),
  signIn: endpoint({
    method: 'POST',
    path: '/session',
    summary: 'Signs in with a name and a password',
    needs: 'nothing',
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }), password: given }),
    answer: Session,
    example: { body: { name: 'alice', password: 'a wrong password' } },
  }),
  session: endpoint({
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    needs: 'session',
    answer: Session,
    example: {},
  }),
  signOut: endpoint({
    method: 'DELETE',
    path: '/session',
    summary: 'Signs out',
    needs: 'session',
    example: {},
  }),
  changePassword: endpoint({
    method: 'POST',
    path: '/session/password',
    summary: 'Changes the own password, which ends all other sessions; answers a new session',
    needs: 'session',
    body: Type.Object({ current: given, next: Type.String({ minLength: minPassword, maxLength: maxPassword }) }),
    answer: Session,
    example: { body: { current: 'the password so far', next: 'a long new password' } },
  }),
};
