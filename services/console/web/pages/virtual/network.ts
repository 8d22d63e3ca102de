import type { WebSocketConstructor, WebSocketLike } from '../../../../../sdk/src/index.ts';
import { type Condition, Pipe, type PipeClock } from './pipe.ts';

type Listener = (event: { data: unknown } & { code: number }) => void;

const closedState = 3;
const lost = 1006;

/** A phone's network: the SDK opens its sockets through it. */
export class VirtualNetwork {
  readonly clock: PipeClock;
  readonly #sockets = new Set<VirtualSocket>();
  #condition: Condition = 'good';

  constructor(clock: PipeClock = systemClock) {
    this.clock = clock;
  }

  get condition(): Condition {
    return this.#condition;
  }

  change(condition: Condition): void {
    this.#condition = condition;
    for (const socket of [...this.#sockets]) socket.change(condition);
  }

  joined(socket: VirtualSocket): void {
    this.#sockets.add(socket);
  }

  left(socket: VirtualSocket): void {
    this.#sockets.delete(socket);
  }

  /** For the SDK, over the browser's own. */
  webSocket(Real: WebSocketConstructor): WebSocketConstructor {
    const network = this;
    return class extends VirtualSocket {
      constructor(url: string, protocols: string[]) {
        super(network, network.condition === 'cut' ? undefined : new Real(url, protocols));
      }
    };
  }
}

/** One socket: what comes and what goes passes the network. */
class VirtualSocket implements WebSocketLike {
  readonly #network: VirtualNetwork;
  readonly #real: WebSocketLike | undefined;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #inward: Pipe;
  readonly #outward: Pipe;
  #open = false;
  #gone = false;

  /** @param real undefined: there is no way to the server. */
  constructor(network: VirtualNetwork, real: WebSocketLike | undefined) {
    const { clock, condition } = network;
    this.#network = network;
    this.#real = real;
    this.#inward = new Pipe(clock, condition, () => this.#lose());
    this.#outward = new Pipe(clock, condition, () => this.#lose());
    network.joined(this);
    real?.addEventListener('open', () => this.#inward.put(() => this.#opened()));
    real?.addEventListener('message', ({ data }) => this.#inward.put(() => this.#tell('message', { data })));
    real?.addEventListener('close', ({ code }) => this.#inward.put(() => this.#close(code)));
    real?.addEventListener('error', () => {});
    // As with a real one, the listeners are there before anything is told.
    if (real === undefined) clock.after(0, () => this.#lose());
  }

  get readyState(): number {
    if (this.#gone) return closedState;
    return this.#open ? 1 : 0;
  }

  addEventListener(type: string, listener: Listener | (() => void)): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    this.#outward.put(() => this.#real?.send(text));
  }

  close(code?: number): void {
    this.#close(code ?? 1005);
  }

  change(condition: Condition): void {
    if (condition === 'cut') this.#lose();
    this.#inward.change(condition);
    this.#outward.change(condition);
  }

  #opened(): void {
    this.#open = true;
    this.#tell('open', {});
  }

  #lose(): void {
    this.#close(lost);
  }

  #close(code: number): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#inward.close();
    this.#outward.close();
    this.#real?.close(code === lost ? undefined : closable(code));
    this.#network.left(this);
    this.#tell('close', { code });
  }

  #tell(type: string, event: { data?: unknown; code?: number }): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data: event.data, code: event.code ?? 0 });
  }
}

/** Browsers take these codes only. */
function closable(code: number): number | undefined {
  return code === 1000 || (code >= 3000 && code <= 4999) ? code : undefined;
}

const systemClock: PipeClock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
