import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Line, linesOf } from '../../services/im/callback/testing/rig.ts';
import { loopback } from './test-host.ts';

export interface Posted {
  method: string;
  path: string;
  contentType: string;
  lines: Line[];
}

/** An upstream's server, on loopback where nothing else is said, that is told of receipts, and keeps what it was told. */
export class CallbackServer {
  readonly posts: Posted[] = [];
  connections = 0;
  #server: Server;
  #name: string;

  private constructor(answer: RequestListener, name: string) {
    this.#name = name;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '' } = request;
        const contentType = request.headers['content-type'] ?? '';
        this.posts.push({ method, path, contentType, lines: linesOf(Buffer.concat(chunks).toString()) });
        answer(request, response);
      });
    });
    this.#server.on('connection', () => this.connections++);
  }

  /** @param host by which name it is reached, and where it listens */
  static async start(
    answer: RequestListener = (_, response) => response.end(),
    port = 0,
    host = loopback,
  ): Promise<CallbackServer> {
    const server = new CallbackServer(answer, host.name);
    await new Promise<void>((resolve) => server.#server.listen(port, host.address, resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.#name}:${this.port}/receipts?of=test`;
  }

  get lines(): Line[] {
    return this.posts.flatMap(({ lines }) => lines);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
