import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { type Client, createClient } from './client.ts';
import { CallError } from './errors.ts';
import type { RightName, Session } from './types.ts';

/** `unknown`: not asked yet. `ended`: it was there, and a call found that it isn't any more. */
export type SessionState =
  | { is: 'unknown' }
  | { is: 'none' }
  | { is: 'open'; session: Session }
  | { is: 'ended'; session: Session };

interface SessionHold {
  state: SessionState;
  client: Client;
  opened(session: Session): void;
  closed(): void;
}

const Context = createContext<SessionHold | undefined>(undefined);

/** Keeps who is signed in. All calls that find the session ended wait for the same sign-in. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ is: 'unknown' });
  const csrf = useRef<string | undefined>(undefined);
  const renewal = useRef<PromiseWithResolvers<void> | undefined>(undefined);

  const opened = useCallback((session: Session) => {
    csrf.current = session.csrf;
    setState({ is: 'open', session });
    renewal.current?.resolve();
    renewal.current = undefined;
  }, []);
  const closed = useCallback(() => {
    // Nothing of one person is left in the page for the next: answers, forms, virtual devices.
    if (csrf.current !== undefined) location.assign('/console/');
    csrf.current = undefined;
    setState({ is: 'none' });
    renewal.current?.reject(new CallError('not_signed_in'));
    renewal.current = undefined;
  }, []);
  const client = useMemo(() => {
    const made: Client = createClient({
      csrf: () => csrf.current,
      renew() {
        if (renewal.current === undefined) {
          renewal.current = Promise.withResolvers<void>();
          setState((now) => (now.is === 'open' ? { is: 'ended', session: now.session } : now));
        }
        return renewal.current.promise;
      },
      refresh: async () => opened(await made.callOnce<Session>('GET', 'session')),
    });
    return made;
  }, [opened]);
  const hold = useMemo(() => ({ state, client, opened, closed }), [state, client, opened, closed]);
  return <Context value={hold}>{children}</Context>;
}

export function useSessionHold(): SessionHold {
  const hold = useContext(Context);
  if (hold === undefined) throw new Error('outside of a SessionProvider');
  return hold;
}

/** The session of a page that is only shown with one. */
export function useSession(): Session {
  const { state } = useSessionHold();
  if (state.is !== 'open' && state.is !== 'ended') throw new Error('there is no session');
  return state.session;
}

export function useClient(): Client {
  return useSessionHold().client;
}

const ranks: Record<RightName, number> = { viewer: 0, sender: 1, admin: 2 };

/** Whether whoever is signed in has this right for the app; `*`: for all of them. */
export function hasRight(session: Session, right: RightName, app: string): boolean {
  return session.operator.rights.some(
    (grant) => (grant.app === '*' || grant.app === app) && ranks[grant.right] >= ranks[right],
  );
}

export function useRight(right: RightName, app: string): boolean {
  return hasRight(useSession(), right, app);
}
