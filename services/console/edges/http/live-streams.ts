import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleFault } from '../../core/fault.ts';
import type { LiveReader } from '../../handlers/handler.ts';
import { checkRights, identify } from './admit.ts';
import { answerOf, asFault } from './answers.ts';
import type { ConsoleDeps } from './app.ts';
import { LiveStream } from './live-stream.ts';
import type { Visit } from './visit.ts';

/** Pages that look on at once; one more is refused. */
const maxReaders = 200;
/** Of one session. Browsers keep six connections to one host over HTTP/1.1. */
const maxOfSession = 20;
/** How often a comment goes to each, and its session and rights are looked at again. */
const beatMs = 15_000;

/** The server-sent events of all pages that look on. */
export class LiveStreams {
  readonly #deps: ConsoleDeps;
  readonly #headers: Record<string, string>;
  readonly #streams = new Map<LiveStream, string>();
  #stopped = false;

  constructor(deps: ConsoleDeps, headers: Record<string, string>) {
    this.#deps = deps;
    this.#headers = headers;
  }

  /** @param watch begins to show states, and answers what ends it. @throws ConsoleFault if there are too many readers */
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    visit: Visit,
    watch: (reader: LiveReader<unknown>) => () => void,
  ): void {
    const session = visit.signedIn?.id ?? '';
    const ofSession = [...this.#streams.values()].filter((id) => id === session).length;
    if (this.#stopped || this.#streams.size >= maxReaders || ofSession >= maxOfSession) {
      throw new ConsoleFault('unavailable', 'many_pages', { role: 'console', retryAfterMs: beatMs });
    }
    reply.hijack();
    const stream = new LiveStream(reply.raw, { ...this.#headers, 'cache-control': 'no-store' });
    this.#streams.set(stream, session);
    this.#deps.metrics.readers(this.#streams.size);
    const end = watch({
      show: (state) => stream.send('state', state),
      fail: (thrown) => stream.send('fault', answerOf(asFault(thrown))),
    });
    const beat = setInterval(() => void this.#lookAgain(stream, visit), beatMs);
    request.raw.socket.setTimeout(0);
    reply.raw.once('close', () => {
      clearInterval(beat);
      end();
      this.#streams.delete(stream);
      this.#deps.metrics.readers(this.#streams.size);
    });
  }

  /** Ends all; browsers come back by themselves. */
  stop(): void {
    this.#stopped = true;
    for (const stream of this.#streams.keys()) stream.end();
  }

  async #lookAgain(stream: LiveStream, visit: Visit): Promise<void> {
    try {
      await identify(visit, this.#deps, false);
      checkRights(visit);
      stream.beat();
    } catch (error) {
      const fault = asFault(error);
      if (fault.code === 'unavailable') return stream.beat();
      stream.send('fault', answerOf(fault));
      stream.end();
    }
  }
}
