import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { LongwireError } from '../errors.ts';
import { ApolloRelease, ConfigServers, Notifications } from '../protocol/apollo-answers.ts';
import type { Answer, Get } from './edges/http.ts';
import { Servers } from './servers.ts';
import type { ApolloSettings } from './settings.ts';

/** One read of a namespace or of a list of servers. */
const readMs = 3_000;
/** A poll is held for 60 s by the server. */
const pollMs = 90_000;
/** How long a list of config servers is taken as it was read. */
const serversMs = 300_000;
/** A server refuses signatures that are off by more than a minute. */
const clockSlackMs = 60_000;

export interface ReaderOptions {
  now: () => number;
  random: () => number;
  readMs?: number;
}

/** Reads releases from whichever config server answers: each question goes to one after another until one does. */
export class ApolloReader {
  readonly #settings: ApolloSettings;
  readonly #get: Get;
  readonly #options: ReaderOptions;
  readonly #servers: Servers;
  #discoveredMs = Number.NEGATIVE_INFINITY;

  constructor(settings: ApolloSettings, get: Get, options: ReaderOptions) {
    this.#settings = settings;
    this.#get = get;
    this.#options = options;
    this.#servers = new Servers(options.random);
  }

  /**
   * The release that this instance is to have, gray ones included; `known` itself if it is that.
   *
   * @param messages as the last notification gave them, so that no server answers from before it.
   * @returns undefined if the namespace was never published.
   * @throws LongwireError if no server answers it, `unauthorized` if they refuse the signature.
   */
  async read(
    namespace: string,
    known: ApolloRelease | undefined,
    messages: unknown,
    signal?: AbortSignal,
  ): Promise<ApolloRelease | undefined> {
    const { appId, cluster, ip, label } = this.#settings;
    const query = new URLSearchParams({ ip });
    if (known) query.set('releaseKey', known.releaseKey);
    if (label !== undefined) query.set('label', label);
    if (messages !== undefined) query.set('messages', JSON.stringify(messages));
    const path = `configs/${[appId, cluster, namespace].map(encodeURIComponent).join('/')}?${query}`;
    const { status, json } = await this.#ask(path, this.#options.readMs ?? readMs, [200, 304, 404], signal);
    if (status === 404) return undefined;
    if (status === 200) return checked(ApolloRelease, json);
    if (!known) throw new LongwireError('unavailable', 'answered 304 to a first read');
    return known;
  }

  /** Waits for releases after the given ones; none within a minute: an empty list. @throws LongwireError like `read`. */
  async poll(ids: ReadonlyMap<string, number>, signal: AbortSignal): Promise<Notifications> {
    const { appId, cluster, ip, label } = this.#settings;
    const notifications = [...ids].map(([namespaceName, notificationId]) => ({ namespaceName, notificationId }));
    const query = new URLSearchParams({ appId, cluster, ip, notifications: JSON.stringify(notifications) });
    if (label !== undefined) query.set('label', label);
    const { status, json } = await this.#ask(`notifications/v2?${query}`, pollMs, [200, 304], signal);
    return status === 304 ? [] : checked(Notifications, json);
  }

  async #ask(path: string, timeoutMs: number, good: number[], signal?: AbortSignal): Promise<Answer> {
    const known = this.#servers.urls.length > 0;
    if (!known || this.#options.now() - this.#discoveredMs > serversMs) {
      await this.#discover(signal).catch((error: unknown) => {
        // Old addresses serve on while no meta server answers.
        if (!known) throw error;
      });
    }
    const first = await this.#askEach(this.#servers.urls, path, timeoutMs, good, signal);
    if ('answer' in first) return first.answer;
    // All may have moved: those that weren't asked yet are.
    const asked = [...this.#servers.urls];
    await this.#discover(signal).catch(() => {});
    const others = this.#servers.urls.filter((url) => !asked.includes(url));
    const second = await this.#askEach(others, path, timeoutMs, good, signal);
    if ('answer' in second) return second.answer;
    throw first.fault ?? second.fault ?? new LongwireError('unavailable', 'no config server is known');
  }

  async #askEach(
    urls: readonly string[],
    path: string,
    timeoutMs: number,
    good: number[],
    signal?: AbortSignal,
  ): Promise<{ answer: Answer } | { fault: LongwireError | undefined }> {
    let fault: LongwireError | undefined;
    for (const url of [...urls]) {
      try {
        const answer = await this.#get(`${url.replace(/\/*$/, '/')}${path}`, timeoutMs, signal);
        if (good.includes(answer.status)) return { answer };
        throw this.#refusal(answer);
      } catch (error) {
        if (signal?.aborted) throw error;
        this.#servers.failed(url);
        const known = faultAt(url, error);
        // What all of them say of the access key says more than that one of them is away.
        if (!fault || known.code === 'unauthorized') fault = known;
      }
    }
    return { fault };
  }

  async #discover(signal?: AbortSignal): Promise<void> {
    const { metas, appId, ip } = this.#settings;
    let fault: LongwireError | undefined;
    for (const meta of metas) {
      try {
        const url = `${meta.replace(/\/*$/, '/')}services/config?${new URLSearchParams({ appId, ip })}`;
        const answer = await this.#get(url, this.#options.readMs ?? readMs, signal);
        if (answer.status !== 200) throw this.#refusal(answer);
        const urls = checked(ConfigServers, answer.json).map(({ homepageUrl }) => homepageUrl);
        if (urls.length === 0) throw new LongwireError('unavailable', 'knows no config server');
        this.#servers.take(urls);
        this.#discoveredMs = this.#options.now();
        return;
      } catch (error) {
        if (signal?.aborted) throw error;
        fault ??= faultAt(meta, error);
      }
    }
    throw fault ?? new LongwireError('unavailable', 'there is no meta server');
  }

  #refusal({ status, serverMs }: Answer): LongwireError {
    if (status !== 401) return new LongwireError('unavailable', `answered ${status}`);
    const offMs = serverMs === undefined ? 0 : this.#options.now() - serverMs;
    if (Math.abs(offMs) > clockSlackMs) {
      const off = `${Math.round(Math.abs(offMs) / 1_000)} s ${offMs > 0 ? 'ahead of' : 'behind'}`;
      return new LongwireError('unauthorized', `refuses the signature: this host's clock is ${off} the server's`);
    }
    const key = this.#settings.accessKey === undefined ? 'needs an access key' : 'refuses the access key';
    return new LongwireError('unauthorized', `${key} of ${this.#settings.appId} (apolloAccessKey)`);
  }
}

function faultAt(url: string, error: unknown): LongwireError {
  const { code, message } =
    error instanceof LongwireError ? error : new LongwireError('unavailable', (error as Error).message);
  return new LongwireError(code, `${url} ${message}`, { cause: error });
}

function checked<S extends TSchema>(schema: S, json: unknown): Static<S> {
  if (Check(schema, json)) return json as Static<S>;
  throw new LongwireError('unavailable', 'answered what is no answer of Apollo');
}
