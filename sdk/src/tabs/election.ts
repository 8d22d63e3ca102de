/** A tab's wish to lead. */
export interface Candidacy {
  /** Ends it, and the lead if it has it. */
  stop(): void;
}

/**
 * Waits until this tab may lead, then runs `lead`; the lead ends when what that answers resolves. `lost` is called where the lead
 * is taken away, which happens without Web Locks only.
 */
export type Elect = (lead: () => Promise<void>, lost: () => void) => Candidacy;

export function electionOf(name: string, tab: string): Elect {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);
  return locks === undefined ? leaseElection(name, tab) : lockElection(name, locks);
}

/** The browser gives the lock to one tab, and to the next one when that ends, however it ends. */
export function lockElection(name: string, locks: Pick<LockManager, 'request'>): Elect {
  return (lead) => {
    const waiting = new AbortController();
    locks.request(`longwire:${name}`, { signal: waiting.signal }, lead).catch(() => {
      // It was stopped while it waited.
    });
    return { stop: () => waiting.abort() };
  };
}

/** Longer than a minute, as that is how seldom a hidden tab may come to renew it. */
export const leaseMs = 90_000;
const renewEveryMs = 5_000;
/** Two tabs that see an end at the same moment both write: who is still there after that time has it. */
const settleMs = 200;

interface Lease {
  tab: string;
  until: number;
}

/** Where there are no Web Locks: an item of localStorage says who leads and until when. Without that too each tab leads for itself. */
export function leaseElection(name: string, tab: string): Elect {
  const key = `longwire:lease:${name}`;
  return (lead, lost) => {
    let leads = false;
    let stopped = false;
    let settling: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      leads = true;
      void lead().finally(stop);
    };
    const look = (): void => {
      const lease = read(key);
      if (lease === 'none') {
        if (!leads && !stopped) begin();
        return;
      }
      const other = lease !== undefined && lease.tab !== tab;
      if (leads && other) {
        stop();
        lost();
      } else if (leads || !other) {
        write(key, { tab, until: Date.now() + leaseMs });
        if (!leads) settling ??= setTimeout(settle, settleMs + Math.random() * settleMs);
      }
    };
    const settle = (): void => {
      settling = undefined;
      const lease = read(key);
      if (!stopped && !leads && (lease === 'none' || lease?.tab === tab)) begin();
    };
    const changed = (event: Pick<StorageEvent, 'key'>): void => {
      if (event.key === key) look();
    };
    const giveBack = (): void => {
      // Its end can't be seen otherwise before the lease runs out.
      const lease = read(key);
      if (lease !== 'none' && lease?.tab === tab) write(key, undefined);
    };
    const stop = (): void => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      clearTimeout(settling);
      window.removeEventListener('storage', changed);
      window.removeEventListener('pagehide', giveBack);
      giveBack();
    };
    const timer = setInterval(look, renewEveryMs);
    window.addEventListener('storage', changed);
    window.addEventListener('pagehide', giveBack);
    look();
    return { stop };
  };
}

/** Undefined: nobody leads. `none`: there is no storage to say so. */
function read(key: string): Lease | undefined | 'none' {
  try {
    const { tab, until } = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Lease>;
    const now = Date.now();
    // One that reaches too far is of a clock that was set back.
    return tab === undefined || until === undefined || until <= now || until > now + 2 * leaseMs
      ? undefined
      : { tab, until };
  } catch (error) {
    return error instanceof SyntaxError ? undefined : 'none';
  }
}

function write(key: string, lease: Lease | undefined): void {
  try {
    if (lease === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(lease));
  } catch {
    // Full: it is written again at the next renewal.
  }
}
