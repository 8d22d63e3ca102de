import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Logger } from '../../common/log.ts';
import { sdkPath, subprotocol } from '../../common/protocol/device-frames.ts';
import type { Gateway } from '../gateway.ts';
import { DeviceSocket, SocketWire } from './device-socket.ts';

export interface DeviceServerOptions {
  maxFrameBytes: number;
  /** Why no new device is taken now, if so. */
  refusing: () => string | undefined;
}

/** The WebSocket endpoint of devices. */
export function createDeviceServer(gateway: Gateway, options: DeviceServerOptions, log: Logger): Server {
  const http = createServer((_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' });
    response.end(`This is a WebSocket endpoint: ${sdkPath}\n`);
  });
  http.keepAliveTimeout = 5_000;
  http.headersTimeout = 10_000;
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: DeviceSocket,
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal =
      refusalOf(request) ?? busy(options.refusing() ?? (gateway.full ? 'too many connections' : undefined));
    if (refusal) {
      socket.end(
        `HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\nX-Reason: ${refusal.reason}\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (device) => accept(device as DeviceSocket, socket));
  });

  function accept(socket: DeviceSocket, stream: Duplex): void {
    const link = gateway.open(new SocketWire(socket, stream));
    socket.on('message', (data, isBinary) => {
      if (isBinary) gateway.binary(link);
      else gateway.text(link, data.toString());
    });
    socket.on('ping', () => gateway.heard(link));
    socket.on('pong', () => gateway.heard(link));
    socket.on('error', (error) => log.debug({ conn: link.id, err: error.message }, 'socket fault'));
    socket.on('close', (code) => gateway.closed(link, code));
  }

  return http;
}

interface Refusal {
  status: string;
  reason: string;
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

function busy(reason: string | undefined): Refusal | undefined {
  return reason === undefined ? undefined : { status: '503 Service Unavailable', reason };
}
