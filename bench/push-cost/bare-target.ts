import { once } from 'node:events';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import type { Target } from './measure.ts';

/** What there is beside Longwire: no more than carries a push. */
export interface BareSystem {
  /** Takes `POST /push` with `{ id, device, text }`. */
  url: string;
  /** Where devices connect to, but for `?device=`. */
  devicesUrl: string;
  pids(): Record<string, number[]>;
  /** True when so many pushes are counted; where nothing is counted, those that arrived are. */
  counted?(pushed: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Pushes one a request, whatever is asked for, to devices in this process. */
export class BareTarget implements Target {
  onArrived: (text: string) => void = () => {};
  readonly devices: number;
  #system: BareSystem;
  #sockets: WebSocket[];
  #agent = new Agent({ connections: 256 });
  #pushed = 0;
  #arrived = 0;

  private constructor(system: BareSystem, sockets: WebSocket[]) {
    this.#system = system;
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

  static async open(system: BareSystem, count: number): Promise<BareTarget> {
    const sockets = await Promise.all(
      Array.from({ length: count }, async (_none, device) => {
        const socket = new WebSocket(`${system.devicesUrl}?device=${device}`, { perMessageDeflate: false });
        await once(socket, 'open');
        return socket;
      }),
    );
    return new BareTarget(system, sockets);
  }

  async push(pushes: { device: number; text: string }[]): Promise<void> {
    for (const { device, text } of pushes) await this.#push(device, text);
  }

  async #push(device: number, text: string): Promise<void> {
    this.#pushed++;
    const { statusCode, body } = await request(`${this.#system.url}/push`, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: `${this.#pushed}-${Date.now()}`, device, text }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${this.#system.url}/push answered ${statusCode}`);
  }

  pids(): Record<string, number[]> {
    return this.#system.pids();
  }

  counts(): Promise<Record<string, number>> {
    return Promise.resolve({});
  }

  async atRest(): Promise<boolean> {
    return this.#arrived >= this.#pushed && ((await this.#system.counted?.(this.#pushed)) ?? true);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.#agent.destroy();
    await this.#system.stop();
  }
}
