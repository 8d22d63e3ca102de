import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientAddress } from '../../common/addresses/client-address.ts';
import { ConnectionRoom, type RoomLimits } from '../../common/addresses/edges/connection-room.ts';
import { peerOf, readProxyHeaders } from '../../common/addresses/edges/proxy-protocol.ts';
import type { Logger } from '../../common/log.ts';
import { sdkPath, subprotocol } from '../../common/protocol/device-frames.ts';
import { FrameReader } from '../core/frame-reader.ts';
import type { EntryLimits } from '../entry-limits.ts';
import type { Gateway } from '../gateway.ts';
import { DeviceSocket, type SocketOwner } from './device-socket.ts';

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

/** RFC 6455, 4.1 and 4.2.2. */
const version = '13';
const key = /^[+/0-9A-Za-z]{22}==$/;
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

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
  const owner: SocketOwner = {
    gateway,
    maxFrameBytes: options.maxFrameBytes,
    spare: new FrameReader(options.maxFrameBytes),
    onFault: ({ id }, fault) => log.debug({ conn: id, err: fault }, 'socket fault'),
  };

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
      const { status, reason, headers = [] } = refusal;
      socket.write(headOf(status, 'Connection: close', 'Content-Length: 0', ...headers, `X-Reason: ${reason}`));
      // Not `end`: it would wait, without a limit, for the client to close too.
      socket.destroySoon();
      return;
    }
    handshakes.done(socket);
    socket.write(upgraded(request));
    socket.off('error', cutOff);
    new DeviceSocket(owner, socket, head, address);
  });

  function tooMany(address: string): Refusal | undefined {
    if (entry.connection(address)) return undefined;
    return { status: '429 Too Many Requests', reason: 'too many connections of this address', headers: retryAfter() };
  }

  function busy(): Refusal | undefined {
    const reason = options.refusing() ?? (gateway.full ? 'too many connections' : undefined);
    return reason === undefined ? undefined : { status: '503 Service Unavailable', reason, headers: retryAfter() };
  }

  function retryAfter(): string[] {
    return [`Retry-After: ${Math.ceil(entry.retryAfterMs() / 1_000)}`];
  }

  return http;
}

function cutOff(this: Socket): void {
  this.destroy();
}

interface Refusal {
  status: string;
  reason: string;
  /** Lines of its own. */
  headers?: string[];
}

function refusalOf({ method, url, headers }: IncomingMessage): Refusal | undefined {
  const path = (url ?? '').split('?')[0];
  if (path !== sdkPath) return { status: '404 Not Found', reason: `the endpoint is ${sdkPath}` };
  if (method !== 'GET')
    return { status: '405 Method Not Allowed', reason: 'the method is GET', headers: ['Allow: GET'] };
  if (headers.upgrade?.toLowerCase() !== 'websocket') return badRequest('Upgrade is websocket');
  if (headers['sec-websocket-version'] !== version) {
    const reason = `Sec-WebSocket-Version is ${version}`;
    return { status: '426 Upgrade Required', reason, headers: [`Sec-WebSocket-Version: ${version}`] };
  }
  if (!key.test(headers['sec-websocket-key'] ?? '')) return badRequest('Sec-WebSocket-Key is 16 bytes in base64');
  const offered = headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === subprotocol)) {
    return badRequest(`the subprotocol is ${subprotocol}`);
  }
  return undefined;
}

function badRequest(reason: string): Refusal {
  return { status: '400 Bad Request', reason };
}

/** The answer to an upgrade that is not refused (RFC 6455, 4.2.2). No extension is taken: no frame is compressed. */
function upgraded({ headers }: IncomingMessage): string {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`).digest('base64');
  const named = headers['sec-websocket-protocol'] === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`];
  const own = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  return headOf('101 Switching Protocols', ...own, ...named);
}

function headOf(status: string, ...headers: string[]): string {
  return `${[`HTTP/1.1 ${status}`, ...headers].join('\r\n')}\r\n\r\n`;
}
