import type { Socket } from 'node:net';
import { pino } from 'pino';
import Type, { type Static } from 'typebox';
import { onTestFinished } from 'vitest';
import { createInternalApp, listen } from '../../../services/common/rpc/app.ts';
import { type ClientOptions, createClient } from '../../../services/common/rpc/client.ts';
import { type Call, call, type Handlers } from '../../../services/common/rpc/contract.ts';
import { type ServeOptions, serveCalls } from '../../../services/common/rpc/server.ts';

const Request = Type.Object({
  name: Type.String({ maxLength: 10_000_000 }),
  device: Type.Optional(Type.Object({ age: Type.Integer() })),
});
const Answer = Type.Object({ text: Type.String() });

export const calls = { greet: call(Request, Answer, 5_000) } satisfies Record<string, Call>;
export type Greet = typeof calls;
type Handler = (request: Static<typeof Request>) => Promise<Static<typeof Answer>>;

export const secret = 'a secret of the tests';

export interface Server {
  url: string;
  port: number;
  /** Ends it as if it died. */
  close: () => Promise<void>;
  /** Stops it in order. */
  stop: () => Promise<void>;
}

/** An instance that answers `greet`, ended with the test; a plain one knows no streams, as those of the version before. */
export async function startServer(
  greet: Handler,
  options: Partial<ServeOptions> & { port?: number; plain?: boolean } = {},
): Promise<Server> {
  const { port: wanted, plain, ...more } = options;
  const app = createInternalApp(pino({ level: 'silent' }));
  const handlers: Handlers<Greet> = { greet };
  serveCalls(app, calls, handlers, { secrets: [secret], ...more });
  if (plain) app.server.removeAllListeners('upgrade');
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket) => sockets.add(socket));
  const port = await listen(app, '127.0.0.1', wanted ?? 0, wanted !== undefined);
  // As one that dies: nothing under way is answered.
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await app.close();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, port, close, stop: async () => app.close() };
}

export function clientOf(url: string, options: Partial<ClientOptions> = {}) {
  const client = createClient(calls, { url, secret, ...options });
  onTestFinished(() => client.close());
  return { greet: client.calls.greet, close: client.close };
}
