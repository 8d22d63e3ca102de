import type { ServerResponse } from 'node:http';

/** One page's server-sent events: the newest state of each kind waits while the page doesn't read, and no other. */
export class LiveStream {
  readonly #response: ServerResponse;
  readonly #waiting = new Map<string, unknown>();
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

  send(event: 'state' | 'fault', data: unknown): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (this.#full) this.#waiting.set(event, data);
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
    for (const [event, data] of [...this.#waiting]) {
      this.#waiting.delete(event);
      this.send(event as 'state' | 'fault', data);
    }
  }
}
