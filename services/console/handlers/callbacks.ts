import { LongwireError } from '../../common/errors.ts';
import { type CallbackTry, callbackCalls } from '../../common/protocol/callback-calls.ts';
import type { createClient } from '../../common/rpc/client.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { appsCalls } from '../calls/apps.ts';
import type { Collector } from '../collector/collector.ts';
import { asking, ConsoleFault } from '../core/fault.ts';
import type { Handlers } from './handler.ts';

export interface CallbacksDeps {
  collector: Pick<Collector, 'urlsOf'>;
  secret: string;
  connect: typeof createClient;
}

type Calls = Client<typeof callbackCalls>;

/** How long one instance may take to say what it remembers. */
const askMs = 1_500;
/** How long a test may take, with the upstream's own time. One try has all of it: a repeat would send one more. */
const testMs = 12_000;
const maxItems = 50;

/** Asks the instances of im themselves: each knows its own tries. */
export function callbacksHandlers(deps: CallbacksDeps): Pick<Handlers<typeof appsCalls>, 'testCallback' | 'callbacks'> {
  async function withClients<T>(work: (clients: Calls[]) => Promise<T>): Promise<T> {
    const urls = await deps.collector.urlsOf('im');
    const clients = urls.map((url) =>
      deps.connect(callbackCalls, { url, secret: deps.secret, connections: 1, tryMs: testMs }),
    );
    try {
      return await work(clients.map(({ calls }) => calls));
    } finally {
      for (const client of clients) void client.close();
    }
  }

  return {
    async callbacks({ params: { app } }) {
      return withClients(async (clients) => {
        const told = await Promise.all(clients.map((calls) => triesOf(calls, app)));
        const answers = told.filter((tries) => tries !== null);
        if (answers.length === 0) throw away();
        const items = answers.flat().sort((left, right) => right.at - left.at);
        return { items: items.slice(0, maxItems) };
      });
    },

    async testCallback({ params: { app } }) {
      return withClients(async (clients) => {
        for (const calls of clients) {
          if ((await triesOf(calls, app)) === null) continue;
          return asking('im', calls.testCallback({ app }, { deadlineMs: testMs }), { conflict: 'no_callback_url' });
        }
        throw away();
      });
    },
  };
}

/** The tries that an instance remembers; null if it doesn't tell upstreams, or doesn't answer. */
async function triesOf(calls: Calls, app: string): Promise<CallbackTry[] | null> {
  try {
    return (await calls.callbackTries({ app }, { deadlineMs: askMs })).tries;
  } catch (error) {
    if (error instanceof LongwireError) return null;
    throw error;
  }
}

function away(): ConsoleFault {
  return new ConsoleFault('unavailable', 'no_callbacks', { role: 'im' });
}
