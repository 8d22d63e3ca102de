import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Configurations = Record<string, string>;

export interface Release {
  releaseKey: string;
  configurations: Configurations;
}

/** A release for some instances: by their address or their label. */
interface GrayRelease extends Release {
  ips: string[];
  labels: string[];
}

export interface Namespace {
  id: number;
  release: Release | undefined;
  gray: GrayRelease | undefined;
}

/** What the servers of one Apollo share. */
export interface Shared {
  readonly options: {
    appId: string;
    cluster: string;
    accessKey: string | undefined;
    holdMs: number;
    clockOffsetMs: number;
    cached: boolean;
  };
  readonly asked: { server: number; path: string; status: number }[];
  get: (namespace: string) => Namespace | undefined;
  urls: () => string[];
}

interface Answer {
  status: number;
  json?: unknown;
}

/** Signatures older or newer than this are refused. */
const toleranceMs = 60_000;

/** One server: meta and config in one, as Apollo is usually run. */
export class Member {
  hangs = false;
  failing: number | undefined;
  /** Polls that are held: each looks for news when it is called. */
  readonly held = new Set<() => void>();
  readonly #rig: Shared;
  readonly #index: number;
  /** What it answers reads with when it has a cache: by namespace, as of an id. */
  readonly #cache = new Map<string, { id: number; release: Release | undefined }>();
  #server: Server | undefined;
  #port = 0;

  constructor(rig: Shared, index: number) {
    this.#rig = rig;
    this.#index = index;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async listen(): Promise<void> {
    this.#server = createServer((request, response) => this.#take(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.held.clear();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    if (this.hangs) return;
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const send = ({ status, json }: Answer): void => {
      this.#rig.asked.push({ server: this.#index, path: pathname, status });
      const date = new Date(Date.now() + this.#rig.options.clockOffsetMs).toUTCString();
      response.writeHead(status, { 'content-type': 'application/json', date });
      response.end(json === undefined ? undefined : JSON.stringify(json));
    };
    if (pathname !== '/notifications/v2' || this.failing !== undefined || !this.#signed(request, pathname)) {
      send(this.#answer(request, pathname, searchParams));
    } else {
      this.#poll(searchParams, response, send);
    }
  }

  #answer(request: IncomingMessage, pathname: string, query: URLSearchParams): Answer {
    if (this.failing !== undefined) return { status: this.failing };
    if (pathname === '/services/config') return { status: 200, json: this.#list() };
    if (!this.#signed(request, pathname)) return { status: 401, json: { status: 401 } };
    const [, appId, cluster, namespace] = /^\/configs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    const { options } = this.#rig;
    const release =
      appId === options.appId && cluster === options.cluster && namespace !== undefined
        ? this.#releaseFor(namespace, query)
        : undefined;
    if (!release) return { status: 404 };
    if (release.releaseKey === query.get('releaseKey')) return { status: 304 };
    return { status: 200, json: { appId, cluster, namespaceName: namespace, ...release } };
  }

  #list() {
    return this.#rig.urls().map((homepageUrl, index) => ({
      appName: 'APOLLO-CONFIGSERVICE',
      instanceId: `server-${index}`,
      homepageUrl,
    }));
  }

  #signed({ headers, url = '' }: IncomingMessage, pathname: string): boolean {
    const { accessKey, appId, clockOffsetMs } = this.#rig.options;
    if (accessKey === undefined || pathname === '/services/config') return true;
    const timestamp = String(headers['timestamp'] ?? '');
    if (Math.abs(Number(timestamp) - Date.now() - clockOffsetMs) > toleranceMs) return false;
    const signature = createHmac('sha1', accessKey).update(`${timestamp}\n${url}`).digest('base64');
    return headers.authorization === `Apollo ${appId}:${signature}`;
  }

  #poll(query: URLSearchParams, response: ServerResponse, send: (answer: Answer) => void): void {
    const since = JSON.parse(query.get('notifications') ?? '[]') as { namespaceName: string; notificationId: number }[];
    const news = () =>
      since.flatMap(({ namespaceName, notificationId }) => {
        const one = this.#rig.get(namespaceName);
        if (!one || one.id <= notificationId) return [];
        const messages = { details: { [this.#messageKey(namespaceName)]: one.id } };
        return [{ namespaceName, notificationId: one.id, messages }];
      });
    const look = (): void => {
      const json = news();
      if (json.length === 0) return;
      end();
      send({ status: 200, json });
    };
    const timer = setTimeout(() => {
      end();
      send({ status: 304 });
    }, this.#rig.options.holdMs);
    const end = (): void => {
      clearTimeout(timer);
      this.held.delete(look);
    };
    response.once('close', end);
    this.held.add(look);
    look();
  }

  #releaseFor(namespace: string, query: URLSearchParams): Release | undefined {
    const one = this.#rig.get(namespace);
    const ip = query.get('ip') ?? '';
    const label = query.get('label') ?? '';
    const gray = one?.gray && (one.gray.ips.includes(ip) || one.gray.labels.includes(label)) ? one.gray : undefined;
    const release = pick(gray ?? one?.release);
    if (!this.#rig.options.cached) return release;
    const cached = this.#cache.get(namespace);
    const { details = {} } = JSON.parse(query.get('messages') ?? '{}') as { details?: Record<string, number> };
    if (cached && (details[this.#messageKey(namespace)] ?? 0) <= cached.id) return cached.release;
    this.#cache.set(namespace, { id: one?.id ?? 0, release });
    return release;
  }

  #messageKey(namespace: string): string {
    const { appId, cluster } = this.#rig.options;
    return [appId, cluster, namespace].join('+');
  }
}

function pick(release: Release | undefined): Release | undefined {
  return release && { releaseKey: release.releaseKey, configurations: release.configurations };
}
