import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { LongwireError } from '../errors.ts';
import { bodyLimitBytes, type Calls, type Handlers } from './contract.ts';

export interface ServeOptions {
  /** Secrets accepted on a call. */
  secrets: string[];
  /** Largest body of a call, in place of the contract's. */
  bodyLimitBytes?: number;
  /** Told of each call that ended, for metrics. */
  observe?: (call: string, seconds: number, ok: boolean) => void;
}

/** Answers the calls of a contract at `POST /rpc/<name>`; bodies are checked against their schema before a handler sees them. */
export function serveCalls<C extends Calls>(
  app: FastifyInstance,
  calls: C,
  handlers: Handlers<C>,
  options: ServeOptions,
): void {
  const accepted = options.secrets.map(digest);
  for (const name of Object.keys(calls) as (keyof C & string)[]) {
    const handler = handlers[name];
    app.route({
      method: 'POST',
      url: `/rpc/${name}`,
      bodyLimit: options.bodyLimitBytes ?? bodyLimitBytes,
      schema: { body: calls[name]!.request },
      onRequest: async (request) => {
        const given = digest(String(request.headers['authorization'] ?? '').replace(/^Bearer /, ''));
        if (!accepted.some((one) => timingSafeEqual(one, given))) {
          throw new LongwireError('unauthorized', 'internal secret is missing or wrong');
        }
      },
      handler: (request) => handler(request.body as never),
      onResponse: async (_request, reply) => {
        options.observe?.(name, reply.elapsedTime / 1_000, reply.statusCode === 200);
      },
    });
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
