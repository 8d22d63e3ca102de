import { once } from 'node:events';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { freePort, type Managed, startProcess, waitFor } from '../../test/rigs/process.ts';
import { type RedisServer, startRedis } from '../../test/rigs/redis.ts';
import type { Target } from './measure.ts';

const script = new URL('./floor.ts', import.meta.url).pathname;

/** The floor, run as a process of its own with a Redis of its own, and its devices in this process. */
export class Floor implements Target {
  onArrived: (text: string) => void = () => {};
  readonly devices: number;
  #redis: RedisServer;
  #process: Managed;
  #sockets: WebSocket[];
  #url: string;
  #agent = new Agent({ connections: 256 });
  #pushed = 0;
  #arrived = 0;

  private constructor(redis: RedisServer, process: Managed, url: string, sockets: WebSocket[]) {
    this.#redis = redis;
    this.#process = process;
    this.#url = url;
    this.#sockets = sockets;
    this.devices = sockets.length;
    for (const socket of sockets) {
      socket.on('message', (data) => {
        const { seq, text } = JSON.parse(String(data)) as { seq: number; text: string };
        socket.send(JSON.stringify({ t: 'ack', seq }));
        this.#arrived++;
        this.onArrived(text);
      });
    }
  }

  static async start(folder: string, count: number): Promise<Floor> {
    const redis = await startRedis({ dir: join(folder, 'redis') });
    const port = await freePort();
    const floor = await startProcess({
      command: process.execPath,
      args: [script, String(port), redis.url],
      logFile: join(folder, 'floor.log'),
    });
    const url = `http://127.0.0.1:${port}`;
    await waitFor('the floor answers', async () => (await fetch(`${url}/health`)).ok);
    const sockets = await Promise.all(
      Array.from({ length: count }, async (_none, device) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/?device=${device}`, { perMessageDeflate: false });
        await once(socket, 'open');
        return socket;
      }),
    );
    return new Floor(redis, floor, url, sockets);
  }

  /** One a request, whatever is asked for. */
  async push(pushes: { device: number; text: string }[]): Promise<void> {
    for (const { device, text } of pushes) await this.#push(device, text);
  }

  async #push(device: number, text: string): Promise<void> {
    this.#pushed++;
    const { statusCode, body } = await request(`${this.#url}/push`, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: `${this.#pushed}-${Date.now()}`, device, text }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the floor answered ${statusCode}`);
  }

  pids(): Record<string, number[]> {
    return { process: [this.#process.pid], redis: [this.#redis.pid] };
  }

  counts(): Promise<Record<string, number>> {
    return Promise.resolve({});
  }

  atRest(): Promise<boolean> {
    return Promise.resolve(this.#arrived >= this.#pushed);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.#agent.destroy();
    await this.#process.end();
    await this.#redis.end();
  }
}
