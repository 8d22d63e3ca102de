import type { ClientFrames, CloseCode } from '../../common/protocol/device-frames.ts';
import type { CallFrame } from './call-queue.ts';
import type { Sent } from './delivery.ts';

/** What a connection's rules ask of the world; the gateway does it. */
export type Effect =
  | { do: 'send'; text: string }
  /** A WebSocket ping: nothing was heard for a while. */
  | { do: 'ping' }
  | { do: 'close'; code: CloseCode; reason: string }
  | { do: 'register'; frame: ClientFrames['register'] }
  | { do: 'login'; frame: ClientFrames['login'] }
  /** Everything up to `seq` is finished; `sent` is what of it was sent on this connection. */
  | { do: 'ack'; cid: string; app: string; seq: number; sent: Sent[] }
  /** The device has finished these tasks' broadcasts, which were sent on this connection. */
  | { do: 'finished'; cid: string; app: string; tasks: string[] }
  /** The socket has drained: what it missed of broadcasts may go out now. */
  | { do: 'resume' }
  /** These tasks were written to the socket. */
  | { do: 'sent'; cid: string; app: string; tasks: string[] }
  /** An ack of more than was sent here: it may be of an earlier connection, or a lie. */
  | { do: 'doubt'; cid: string; app: string; field: 'seq' | 'bseq'; position: number }
  | { do: 'event'; cid: string; app: string; frame: ClientFrames['event'] }
  /** To be done and answered before the connection's next call begins. */
  | { do: 'call'; cid: string; app: string; frame: CallFrame }
  | { do: 'pull'; cid: string; after: number; limit: number }
  /** Set the route anew and read the queue, as at login. */
  | { do: 'reattach'; cid: string };
