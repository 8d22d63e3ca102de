import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Line, linesOf } from '../../services/im/callback/testing/rig.ts';

export interface Posted {
  method: string;
  path: string;
  contentType: string;
  lines: Line[];
}

/** An upstream's server on loopback that is told of receipts, and keeps what it was told. */
export class CallbackServer {
  readonly posts: Posted[] = [];
  connections = 0;
  #server: Server;

  private constructor(answer: RequestListener) {
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

  static async start(answer: RequestListener = (_, response) => response.end(), port = 0): Promise<CallbackServer> {
    const server = new CallbackServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/receipts?of=test`;
  }

  get lines(): Line[] {
    return this.posts.flatMap(({ lines }) => lines);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
