import type { ServerResponse } from 'node:http';

/** What there is now, or that it can't be told for now. */
export type LiveEvent = 'state' | 'fault';

/** One page's server-sent events. While the page doesn't read, the newest one waits, and no other. */
export class LiveStream {
  readonly #response: ServerResponse;
  #waiting: { event: LiveEvent; data: unknown } | undefined;
  #full = false;

  constructor(response: ServerResponse, headers: Record<string, string>) {
    this.#response = response;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    response.on('drain', () => this.#drained());
    // A page that goes away: `close` follows.
    response.on('error', () => {});
  }

  send(event: LiveEvent, data: unknown): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (this.#full) this.#waiting = { event, data };
    else this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Shows proxies and the page that the connection lives. */
  beat(): void {
    if (!this.#full) this.#write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#full = !this.#response.write(text);
  }

  #drained(): void {
    this.#full = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.send(waiting.event, waiting.data);
  }
}
