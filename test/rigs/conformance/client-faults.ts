import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ConnectOptions, DeviceStorage, WebSocketLike } from '../../../sdk/src/index.ts';
import type { Frame } from './faulty-server.ts';

interface Passing {
  /** A frame in place of one that the SDK sends or gets; undefined: none. */
  sent?: (frame: Frame) => Frame | undefined;
  got?: (frame: Frame) => Frame | undefined;
  closeCode?: (code: number) => number;
  protocols?: string[];
}

interface ClientFault {
  /** The rule that is broken, and those that can't hold without it. */
  breaks: string[];
  change: (options: ConnectOptions) => ConnectOptions;
}

/** Ways to break one rule of an SDK each, by name. */
export const clientFaults: Record<string, ClientFault> = {
  'offers no subprotocol': passing(['D101'], () => ({ protocols: [] })),
  // So it does where it was told that its nonce is used.
  'registers with one nonce': passing(['D112', 'D181'], ({ appSecret = '' }) => ({
    sent: (frame) => (frame.t === 'register' ? signed({ ...frame, nonce: 'always the same' }, appSecret) : frame),
  })),
  // After a crash and after bad_position too.
  'forgets the seq of its login': passing(['D116', 'D125', 'D134'], () => ({
    sent: (frame) => (frame.t === 'login' ? { ...frame, seq: 0 } : frame),
  })),
  'forgets the bseq of its login': passing(['D117', 'D118', 'D135'], () => ({
    sent: ({ bseq, ...frame }) => (frame.t === 'login' || bseq === undefined ? frame : { ...frame, bseq }),
  })),
  // What is acknowledged is lost in a crash.
  'acks before the app has finished': {
    breaks: ['D123', 'D130'],
    change: (options) => ({ ...options, onPush: (push) => void options.onPush(push) }),
  },
  'acks beyond what it was sent': passing(['D124'], () => ({
    sent: (frame) => (frame.t === 'ack' && 'seq' in frame ? { ...frame, seq: Number(frame['seq']) + 1_000 } : frame),
  })),
  'gives the app each message twice': {
    breaks: ['D126', 'D127', 'D132', 'D133', 'D134', 'D135'],
    change: (options) => ({
      ...options,
      async onPush(push) {
        await options.onPush(push);
        await options.onPush(push);
      },
    }),
  },
  // With bad_position the ids are all that is left, too.
  'forgets ids in a restart': {
    breaks: ['D128', 'D134'],
    change: (options) => ({ ...options, storage: loading(options.storage, { ids: [] }) }),
  },
  'does not notice a dead line': passing(['D142'], () => ({
    got: (frame) => (frame.t === 'welcome' ? { ...frame, heartbeat: 3_600 } : frame),
  })),
  'comes back after 4403': passing(['D154'], () => ({
    closeCode: (code) => (code === 4403 ? 4408 : code),
  })),
  'comes back after 4409': passing(['D156'], () => ({
    got: (frame) => (frame.t === 'kick' ? undefined : frame),
    closeCode: (code) => (code === 4409 ? 4408 : code),
  })),
  // Before a refusal too.
  'ignores when to reconnect': passing(['D160', 'D168'], () => ({
    got: (frame) => (frame.t === 'reconnect' ? undefined : frame),
  })),
  'reconnects without a backoff': {
    breaks: ['D162', 'D165'],
    change: (options) => ({ ...options, tuning: { ...options.tuning, reconnectMinMs: 0, reconnectMaxMs: 0 } }),
  },
  'says no logout': passing(['D176'], () => ({
    sent: (frame) => (frame.t === 'logout' ? undefined : frame),
  })),
};

function passing(breaks: string[], of: (options: ConnectOptions) => Passing): ClientFault {
  return { breaks, change: (options) => ({ ...options, WebSocket: faultySockets(of(options)) }) };
}

function signed(frame: Frame, secret: string): Frame {
  const text = `${String(frame['appId'])}\n${String(frame['ts'])}\n${String(frame['nonce'])}`;
  return { ...frame, sign: createHmac('sha256', secret).update(text).digest('hex') };
}

function loading(storage: DeviceStorage, fields: object): DeviceStorage {
  return {
    async load() {
      const state = await storage.load();
      return state && { ...state, ...fields };
    },
    save: (state) => storage.save(state),
  };
}

/** Sockets between the SDK and its server on which frames and close codes are other ones. */
function faultySockets({ sent, got, closeCode, protocols }: Passing): NonNullable<ConnectOptions['WebSocket']> {
  return class implements WebSocketLike {
    #socket: WebSocket;

    constructor(url: string, offered: string[]) {
      this.#socket = new WebSocket(url, protocols ?? offered);
    }

    get readyState(): number {
      return this.#socket.readyState;
    }

    addEventListener(type: string, listener: (event: never) => void): void {
      const tell = listener as (event: object) => void;
      if (type === 'open' || type === 'error') this.#socket.on(type, () => tell({}));
      if (type === 'close') this.#socket.on('close', (code) => tell({ code: closeCode?.(code) ?? code }));
      if (type !== 'message') return;
      this.#socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Frame;
        const passed = got ? got(frame) : frame;
        if (passed !== undefined) tell({ data: JSON.stringify(passed) });
      });
    }

    send(text: string): void {
      const frame = JSON.parse(text) as Frame;
      const passed = sent ? sent(frame) : frame;
      if (passed !== undefined) this.#socket.send(JSON.stringify(passed));
    }

    close(code?: number): void {
      this.#socket.close(code);
    }
  };
}
