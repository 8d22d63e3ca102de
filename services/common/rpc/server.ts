import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { LongwireError } from '../errors.ts';
import { bodyLimitBytes, type Calls, type Handlers } from './contract.ts';
import { type AnswerCall, StreamServer } from './stream-server.ts';

export interface ServeOptions {
  /** Secrets accepted on a call. */
  secrets: string[];
  /** Largest body of a call, in place of the contract's. */
  bodyLimitBytes?: number;
  /** Told of each call that ended, for metrics. */
  observe?: (call: string, seconds: number, ok: boolean) => void;
}

declare module 'fastify' {
  interface FastifyInstance {
    callStreams: StreamServer;
  }
}

/**
 * Answers the calls of a contract on streams (`stream-server.ts`), and at `POST /rpc/<name>` for callers that have none; bodies are
 * checked against their schema before a handler sees them.
 */
export function serveCalls<C extends Calls>(
  app: FastifyInstance,
  calls: C,
  handlers: Handlers<C>,
  options: ServeOptions,
): void {
  const accepted = options.secrets.map(digest);
  const admits = (authorization: string | undefined): boolean => {
    const given = digest((authorization ?? '').replace(/^Bearer /, ''));
    return accepted.some((one) => timingSafeEqual(one, given));
  };
  const limit = options.bodyLimitBytes ?? bodyLimitBytes;
  const streams = streamsOf(app, admits);
  for (const name of Object.keys(calls) as (keyof C & string)[]) {
    const { request: schema } = calls[name]!;
    const handler = handlers[name] as (request: unknown) => Promise<unknown>;
    app.route({
      method: 'POST',
      url: `/rpc/${name}`,
      bodyLimit: limit,
      schema: { body: schema },
      onRequest: async (request) => {
        if (!admits(request.headers.authorization)) {
          throw new LongwireError('unauthorized', 'internal secret is missing or wrong');
        }
      },
      handler: (request) => handler(request.body),
      onResponse: async (_request, reply) => {
        options.observe?.(name, reply.elapsedTime / 1_000, reply.statusCode === 200);
      },
    });
    const parse = reader(schema);
    streams.add(name, async (body, bytes) => {
      const begunMs = performance.now();
      let answer: Awaited<ReturnType<AnswerCall>>;
      try {
        if (bytes > limit) throw new LongwireError('too_large', `a body of ${bytes} bytes, at most ${limit} are taken`);
        answer = { ok: true, text: JSON.stringify(await handler(parse(body))) };
      } catch (error) {
        answer = { ok: false, text: JSON.stringify(app.reportFault(name, error)) };
      }
      options.observe?.(name, (performance.now() - begunMs) / 1_000, answer.ok);
      return answer;
    });
  }
}

/** One for all contracts of an application; the secrets of the first are those of its streams. */
function streamsOf(app: FastifyInstance, admits: (authorization: string | undefined) => boolean): StreamServer {
  if (!app.hasDecorator('callStreams')) {
    const fault = new LongwireError('not_found', 'no such call');
    const unknown: AnswerCall = async () => ({ ok: false, text: JSON.stringify(app.reportFault('unknown', fault)) });
    app.decorate('callStreams', new StreamServer(app, { admits, unknown }));
  }
  return app.callStreams;
}

/** Reads a request of a schema. @throws LongwireError `bad_request` that names the field */
function reader(schema: TSchema): (body: string) => unknown {
  const validator = Compile(schema);
  return (body) => {
    let request: unknown;
    try {
      request = JSON.parse(body);
    } catch (error) {
      throw new LongwireError('bad_request', 'body is not JSON', { cause: error });
    }
    if (validator.Check(request)) return request;
    const [first] = validator.Errors(request);
    const missing = first?.keyword === 'required' ? first.params.requiredProperties[0] : '';
    const field = `${first?.instancePath ?? ''}/${missing}`.replace(/^\/|\/$/g, '');
    throw new LongwireError('bad_request', `body${first?.instancePath ?? ''} ${first?.message ?? 'is invalid'}`, {
      field,
    });
  };
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
