import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitFor } from '../../test/rigs/process.ts';
import { loop } from '../../test/rigs/raw-sockets.ts';
import { CpuMeter, sumOf } from '../cpu-use.ts';
import { Holder } from '../holders/holder.ts';

const settleMs = 500;
/** As long as what a device sends. */
const ack = JSON.stringify({ t: 'ack', bseq: 1_000_000_000 });

/** What a broadcast costs at the least: one process that writes a text to bare `ws` connections, whose clients are here. */
export class RawWriter {
  #holder: Holder;
  #meter: CpuMeter;
  #sockets: WebSocket[] = [];
  #acks = false;
  #arrived = 0;

  private constructor(holder: Holder) {
    this.#holder = holder;
    this.#meter = new CpuMeter({ cpuSeconds: () => new Map([['raw', holder.cpuUs() / 1e6]]) }, settleMs);
  }

  static async start(count: number): Promise<RawWriter> {
    const writer = new RawWriter(await Holder.start('bare'));
    await loop(count, 50, () => writer.#connect());
    return writer;
  }

  async #connect(): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#holder.port}`, { perMessageDeflate: false });
    socket.on('message', () => {
      this.#arrived++;
      if (this.#acks) socket.send(ack);
    });
    await once(socket, 'open');
    this.#sockets.push(socket);
  }

  /** Writes a text to all, bursts of it one after another. @returns CPU time of one text to one connection, µs */
  async write(
    text: string,
    { bursts, burst, acks }: { bursts: number; burst: number; acks: boolean },
  ): Promise<number> {
    this.#acks = acks;
    const each = burst * this.#sockets.length;
    const use = await this.#meter.during(async () => {
      for (let made = 0; made < bursts; made++) {
        const wanted = this.#arrived + each;
        await this.#holder.ask({ do: 'write', text, times: burst });
        await waitFor('all texts have arrived', () => this.#arrived >= wanted, 60_000, 5);
      }
    });
    return sumOf(Object.fromEntries(use)) / (bursts * each);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#holder.stop();
  }
}
