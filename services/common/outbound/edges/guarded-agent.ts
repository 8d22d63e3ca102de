import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { LongwireError } from '../../errors.ts';
import { isInternalAddress } from '../internal-address.ts';

export interface GuardedAgentOptions {
  /** Whether internal addresses may be connected to. */
  allowInternal: boolean;
  /** From the look-up of the name to the finished connection, TLS included, ms. */
  connectMs: number;
  /** From the request's last byte to the answer's head, and between two pieces of its body, ms. The whole of a request is its caller's to bound. */
  answerMs: number;
  /** Connections to one target (scheme, host and port) at the most, one request on each; further requests wait. */
  socketsPerTarget: number;
  /** Targets with connections at the most; a request to a further one fails at once. */
  maxTargets: number;
  /** All addresses of a name. */
  resolve?: Resolve;
}

type Resolve = (name: string) => Promise<{ address: string; family: number }[]>;

/**
 * An HTTP client for addresses that others name. It connects to none that is internal: literal addresses are looked at
 * before anything is sent, and of a name the very addresses that its connection will be made to, so nothing can change
 * in between. A name with an internal address among others is refused as a whole. Redirects are answers like any
 * other: undici follows none by itself.
 *
 * A request that is refused for its address fails with LongwireError `bad_request`; what the network does to it, undici says.
 */
export function guardedAgent(options: GuardedAgentOptions): Agent {
  const { allowInternal, connectMs, answerMs, socketsPerTarget, maxTargets, resolve = resolveAll } = options;
  const connect = buildConnector({
    timeout: connectMs,
    allowH2: false,
    lookup: guardedLookup(oneAtATime(resolve), allowInternal),
  });
  return new Agent({
    connect: (target, callback) => {
      const literal = isIP(target.hostname) !== 0;
      if (literal && !allowInternal && isInternalAddress(target.hostname)) callback(refused(target.hostname), null);
      else connect(target, callback);
    },
    connections: socketsPerTarget,
    maxOrigins: maxTargets,
    allowH2: false,
    pipelining: 1,
    headersTimeout: answerMs,
    bodyTimeout: answerMs,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    maxHeaderSize: 16_384,
  });
}

/** What `net.connect` asks for a name's addresses: it connects to these and to no others. */
function guardedLookup(resolve: Resolve, allowInternal: boolean): LookupFunction {
  return (name, { all }, callback) => {
    resolve(name).then(
      (found) => {
        const internal = allowInternal ? undefined : found.find(({ address }) => isInternalAddress(address));
        if (internal) callback(refused(name), '');
        else if (found.length === 0) callback(new LongwireError('unavailable', `${name} has no address`), '');
        else if (all) callback(null, found);
        else callback(null, found[0]!.address, found[0]!.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

/** The system runs only a few look-ups at once, and one may hang: a name holds one place, however often it is asked for. */
function oneAtATime(resolve: Resolve): Resolve {
  const running = new Map<string, ReturnType<Resolve>>();
  return (name) => {
    const known = running.get(name);
    if (known) return known;
    const found = resolve(name).finally(() => running.delete(name));
    running.set(name, found);
    return found;
  };
}

function resolveAll(name: string): ReturnType<Resolve> {
  return lookup(name, { all: true });
}

function refused(target: string): LongwireError {
  return new LongwireError('bad_request', `${target} is an internal address, or has one`);
}
