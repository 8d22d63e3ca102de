import type { DeviceState } from '../core/device-state.ts';
import { Device, type DeviceParts } from '../device.ts';
import type { DeviceError } from '../errors.ts';
import type { Push, PushFrame } from '../frames.ts';
import type { DeviceStorage } from '../storage.ts';
import { defaultTuning } from '../tuning.ts';
import { type HandSocket, handSockets } from './hand-socket.ts';
import { ManualClock, seededRandom, settled } from './manual-clock.ts';

export const storedDevice: DeviceState = { appId: 'app', cid: 'c'.repeat(32), token: 'old', seq: 10, bseq: 5, ids: [] };

/** A storage that keeps what it was given, and fails while `broken`. */
export class TestStorage implements DeviceStorage {
  saved: DeviceState[] = [];
  broken = false;
  kept: DeviceState | undefined;

  constructor(kept?: DeviceState) {
    this.kept = kept;
  }

  load(): DeviceState | undefined {
    if (this.broken) throw new Error('broken');
    return this.kept;
  }

  save(state: DeviceState): void {
    if (this.broken) throw new Error('broken');
    this.kept = state;
    this.saved.push(state);
  }
}

/** A device on a socket, a clock and a storage that the test holds. */
export function deviceRig(storage: TestStorage, parts: Partial<DeviceParts> = {}) {
  const clock = new ManualClock();
  const { sockets, openSocket } = handSockets();
  const pushes: Push[] = [];
  const errors: DeviceError[] = [];
  const device = new Device({
    url: 'ws://test',
    appId: 'app',
    storage,
    onPush: (push) => {
      pushes.push(push);
    },
    onState: () => {},
    onError: (error) => errors.push(error),
    register: async (ts) => ({
      t: 'register',
      appId: 'app',
      ts,
      nonce: 'nonce-nonce',
      sign: 'aa',
      device: { platform: 'other' },
    }),
    tuning: defaultTuning,
    openSocket,
    clock,
    random: seededRandom(7),
    onCid: () => {},
    signMayRecover: false,
    onPageChange: () => () => {},
    ...parts,
  });
  return {
    device,
    clock,
    sockets,
    pushes,
    errors,
    last: (): HandSocket => sockets[sockets.length - 1]!,
    /** Opens the latest socket and lets the login succeed. */
    async welcome(bseq = 5, heartbeat = 60): Promise<HandSocket> {
      await settled();
      const socket = sockets[sockets.length - 1]!;
      socket.listener.opened();
      await settled();
      socket.frame({ t: 'welcome', session: 's', heartbeat, serverTime: 0, window: 32, bseq });
      await settled();
      return socket;
    },
  };
}

export function pushFrame(id: string, position: { seq?: number; bseq?: number }): PushFrame {
  return { t: 'push', id, task: `task-${id}`, at: 1, exp: 2, transmission: id, ...position };
}
