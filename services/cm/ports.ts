import type { CloseCode } from '../common/protocol/device-frames.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Client } from '../common/rpc/contract.ts';

/** A device's socket, as the gateway sees it. */
export interface Wire {
  /** Whether what is sent goes out. False from the moment that either side closes: what is sent then is dropped. */
  readonly open: boolean;
  /** Of the client at the other end, behind proxies. */
  readonly address: string;
  /** `flushed` is called once the text has left this process. */
  send(text: string, flushed?: () => void): void;
  /** A whole WebSocket frame, as `textFrame` makes it, or several. */
  sendFrame(frame: Buffer, flushed?: () => void): void;
  /** The answer to a WebSocket ping. */
  pong(payload: Buffer, flushed?: () => void): void;
  close(code: CloseCode, reason: string): void;
  /** Cuts it off. */
  terminate(): void;
  /** Bytes that wait to be sent. */
  buffered(): number;
}

export type Queues = Pick<Client<UserRedisCalls>, 'attach' | 'detach' | 'pull' | 'ack'>;
export type Leases = Pick<Client<UserRedisCalls>, 'renewLease' | 'releaseLease' | 'nodes'>;
/** Apps' logs of broadcasts, as a node reads them. */
export type BroadcastLogs = Pick<Client<UserRedisCalls>, 'broadcastsAfter' | 'broadcastBodies'>;
export type Nonces = Pick<Client<UserRedisCalls>, 'claimNonce'>;

export type KeptBlacklist = Pick<Client<UserMysqlCalls>, 'blacklisted'>;
export type BlackMarks = Pick<Client<UserRedisCalls>, 'markBlacklisted'>;

/** What devices have kept of themselves. */
export type KeptOfDevices = Pick<Client<UserMysqlCalls>, 'bindAliases' | 'unbindAliases' | 'setTags' | 'setChannel'>;

/** Where is noted how many devices this node holds. */
export type OnlineNotes = Pick<Client<UserMysqlCalls>, 'noteOnline'>;

export type NewDevice = Parameters<Client<UserMysqlCalls>['registerDevices']>[0]['items'][number];

/** Where devices are kept for good. */
export interface Registry {
  register(device: NewDevice): Promise<unknown>;
}
