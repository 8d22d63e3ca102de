import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { clientAddress } from '../../common/addresses/client-address.ts';
import { ConnectionRoom, type RoomLimits } from '../../common/addresses/edges/connection-room.ts';
import { peerOf, readProxyHeaders } from '../../common/addresses/edges/proxy-protocol.ts';
import type { Logger } from '../../common/log.ts';
import { sdkPath, subprotocol } from '../../common/protocol/device-frames.ts';
import { FrameMeter } from '../core/frame-meter.ts';
import type { EntryLimits } from '../entry-limits.ts';
import type { Gateway, Link } from '../gateway.ts';
import { closeGraceMs, DeviceSocket, SocketWire } from './device-socket.ts';

export interface DeviceServerOptions {
  maxFrameBytes: number;
  /** Why no new device is taken now, if so. */
  refusing: () => string | undefined;
  /** How many may come from where. */
  entry: Pick<EntryLimits, 'connection' | 'retryAfterMs'>;
  proxies: {
    isTrusted: (address: string) => boolean;
    /** Their connections begin with a PROXY header. */
    proxyProtocol: boolean;
    onBadHeader: () => void;
  };
  /** Whether limits by address leave it alone. */
  isExempt: (address: string) => boolean;
  /** How long the head of a request may take. */
  headersMs?: number;
  /** Of connections that are no WebSocket yet. Devices' own limit is looked at when they ask for the upgrade. */
  handshakes?: RoomLimits;
}

const maxHandshakes = 2_000;
const maxHandshakesOfAddress = 500;
const headersMs = 10_000;
/** How often connections are looked at for that. */
const checkMs = 1_000;

/** Fragments of a message, and pieces in which a frame arrives: `ws` keeps each in memory until the last has come; one more closes 4429. */
const partLimits = { maxFragments: 128, maxBufferedChunks: 1_024 };

/** The WebSocket endpoint of devices. */
export function createDeviceServer(gateway: Gateway, options: DeviceServerOptions, log: Logger): Server {
  const { entry, proxies } = options;
  const headMs = options.headersMs ?? headersMs;
  const timeouts = {
    headersTimeout: headMs,
    requestTimeout: headMs,
    connectionsCheckingInterval: Math.min(checkMs, headMs),
    keepAliveTimeout: 5_000,
  };
  const http = createServer(timeouts, (_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' });
    response.end(`This is a WebSocket endpoint: ${sdkPath}\n`);
  });
  const socketOptions: ServerOptions<typeof DeviceSocket> & typeof partLimits & { closeTimeout: number } = {
    noServer: true,
    WebSocket: DeviceSocket,
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes,
    clientTracking: false,
    closeTimeout: closeGraceMs,
    // Answered by the gateway: not where the answers aren't read.
    autoPong: false,
    ...partLimits,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  };
  const sockets = new WebSocketServer(socketOptions);

  let spareMeter = new FrameMeter();
  // One function for all sockets: closures of each would be a tenth of what an idle connection takes.
  function onData(this: Socket, chunk: Buffer): void {
    const { device } = this as DeviceStream;
    const meter = device.meter ?? spareMeter;
    const frames = meter.measure(chunk);
    if (meter === spareMeter && !meter.atRest) spareMeter = new FrameMeter();
    // Most chunks end with a frame: a connection that is idle needs none.
    device.meter = meter.atRest ? undefined : meter;
    if (frames > 0) gateway.charge(device.link, frames);
  }
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    if (isBinary) gateway.binary(linkOf(this));
    else gateway.text(linkOf(this), data.toString());
  }
  function onPing(this: WebSocket, payload: Buffer): void {
    gateway.pinged(linkOf(this), payload);
  }
  function onPong(this: WebSocket): void {
    gateway.heard(linkOf(this));
  }
  function onError(this: WebSocket, error: Error): void {
    log.debug({ conn: linkOf(this).id, err: error.message }, 'socket fault');
  }
  function onClose(this: WebSocket, code: number): void {
    gateway.closed(linkOf(this), code);
  }

  if (proxies.proxyProtocol) readProxyHeaders(http, { isTrusted: proxies.isTrusted, onBad: proxies.onBadHeader });
  const handshakes = new ConnectionRoom(
    options.handshakes ?? { most: maxHandshakes, mostOfAddress: maxHandshakesOfAddress },
    (address) => proxies.isTrusted(address) || options.isExempt(address),
  );
  http.on('connection', (socket: Socket) => handshakes.begin(socket));
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Of an HTTP server it is always one.
    const socket = stream as Socket;
    socket.on('error', cutOff);
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat();
    const address = clientAddress(peerOf(socket), forwarded.at(0) && forwarded.join(), proxies.isTrusted);
    const refusal = refusalOf(request) ?? tooMany(address) ?? busy();
    if (refusal) {
      const retry = refusal.retry ? `Retry-After: ${Math.ceil(entry.retryAfterMs() / 1_000)}\r\n` : '';
      socket.write(
        `HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}X-Reason: ${refusal.reason}\r\n\r\n`,
      );
      // Not `end`: it would wait, without a limit, for the client to close too.
      socket.destroySoon();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (device) => accept(device as DeviceSocket, socket, address));
  });

  function tooMany(address: string): Refusal | undefined {
    if (entry.connection(address)) return undefined;
    return { status: '429 Too Many Requests', reason: 'too many connections of this address', retry: true };
  }

  function busy(): Refusal | undefined {
    const reason = options.refusing() ?? (gateway.full ? 'too many connections' : undefined);
    return reason === undefined ? undefined : { status: '503 Service Unavailable', reason, retry: true };
  }

  function accept(socket: DeviceSocket, stream: Socket, address: string): void {
    handshakes.done(stream);
    // `ws` hears its faults from now on.
    stream.off('error', cutOff);
    socket.link = gateway.open(new SocketWire(socket, stream, address));
    (stream as DeviceStream).device = socket;
    // Before `ws` reads it: of a chunk that is too much nothing is answered.
    stream.prependListener('data', onData);
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
  }

  return http;
}

function cutOff(this: Socket): void {
  this.destroy();
}

/** What carries a socket that was accepted here. */
interface DeviceStream extends Socket {
  device: DeviceSocket;
}

/** Of a socket that was accepted here. */
function linkOf(socket: WebSocket): Link {
  return (socket as DeviceSocket).link;
}

interface Refusal {
  status: string;
  reason: string;
  /** It says when to come back. */
  retry?: true;
}

function refusalOf(request: IncomingMessage): Refusal | undefined {
  const path = (request.url ?? '').split('?')[0];
  if (path !== sdkPath) return { status: '404 Not Found', reason: `the endpoint is ${sdkPath}` };
  const offered = request.headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === subprotocol)) {
    return { status: '400 Bad Request', reason: `the subprotocol is ${subprotocol}` };
  }
  return undefined;
}
