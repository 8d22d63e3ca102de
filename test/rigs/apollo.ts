import { randomBytes } from 'node:crypto';
import { type Configurations, Member, type Namespace, type Release } from './apollo/member.ts';

export interface ApolloOptions {
  servers?: number;
  appId?: string;
  cluster?: string;
  /** Every read and poll has to be signed with it. */
  accessKey?: string;
  /** How long a poll without news is held. */
  holdMs?: number;
  /** The servers' clock against this host's. */
  clockOffsetMs?: number;
  /** Servers answer reads from before the last release, unless the read brings what the notification said. */
  cached?: boolean;
}

/**
 * Meta and config servers that speak Apollo's protocol and share what is published, as its servers share their database. A server
 * that is killed stays on the lists of the others, as it does there for a while.
 */
export class ApolloRig {
  readonly options: Required<Omit<ApolloOptions, 'accessKey'>> & { accessKey: string | undefined };
  /** What was asked: server, path without its query, status. */
  readonly asked: { server: number; path: string; status: number }[] = [];
  readonly #namespaces = new Map<string, Namespace>();
  readonly #members: Member[] = [];
  #ids = 100;

  private constructor(options: ApolloOptions) {
    this.options = {
      ...{ servers: 3, appId: 'longwire', cluster: 'default', holdMs: 60_000, clockOffsetMs: 0, cached: false },
      ...{ accessKey: undefined },
      ...options,
    };
  }

  static async start(options: ApolloOptions = {}): Promise<ApolloRig> {
    const rig = new ApolloRig(options);
    for (let index = 0; index < rig.options.servers; index++) rig.#members.push(new Member(rig, index));
    await Promise.all(rig.#members.map((member) => member.listen()));
    return rig;
  }

  /** `LONGWIRE_APOLLO_META`. */
  get metas(): string {
    return this.urls().join(',');
  }

  urls(): string[] {
    return this.#members.map(({ url }) => url);
  }

  /** What a client has to be told. */
  env(): Record<string, string> {
    const { appId, cluster, accessKey } = this.options;
    return {
      LONGWIRE_APOLLO_META: this.metas,
      LONGWIRE_APOLLO_APP_ID: appId,
      LONGWIRE_APOLLO_CLUSTER: cluster,
      ...(accessKey === undefined ? {} : { LONGWIRE_APOLLO_ACCESS_KEY: accessKey }),
    };
  }

  /** @returns the release key. */
  publish(namespace: string, configurations: Configurations): string {
    return this.#released(namespace, (one) => {
      one.release = { releaseKey: newKey(), configurations };
      return one.release;
    });
  }

  /** A release for the given instances alone. */
  publishGray(namespace: string, configurations: Configurations, to: { ips?: string[]; labels?: string[] }): string {
    return this.#released(namespace, (one) => {
      one.gray = { releaseKey: newKey(), configurations, ips: to.ips ?? [], labels: to.labels ?? [] };
      return one.gray;
    });
  }

  /** The gray release is given up. */
  endGray(namespace: string): void {
    this.#released(namespace, (one) => {
      one.gray = undefined;
      return one.release;
    });
  }

  /** As if it had never been published; clients see it when they read again. */
  remove(namespace: string): void {
    this.#namespaces.delete(namespace);
  }

  /** Ends a server with all its connections. */
  async kill(index: number): Promise<void> {
    await this.#members[index]!.close();
  }

  /** On its old port. */
  async revive(index: number): Promise<void> {
    await this.#members[index]!.listen();
  }

  /** From now on the server takes requests and never answers, or answers again. */
  hang(index: number, hangs: boolean): void {
    this.#members[index]!.hangs = hangs;
  }

  /** From now on the server answers every request with this status; undefined: as it should. */
  fail(index: number, status: number | undefined): void {
    this.#members[index]!.failing = status;
  }

  /** Polls that are held now, on all servers. */
  get polling(): number {
    return this.#members.reduce((sum, { held }) => sum + held.size, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }

  get(namespace: string): Namespace | undefined {
    return this.#namespaces.get(namespace);
  }

  #released(namespace: string, change: (one: Namespace) => Release | undefined): string {
    const one = this.#namespaces.get(namespace) ?? { id: 0, release: undefined, gray: undefined };
    this.#namespaces.set(namespace, one);
    const release = change(one);
    one.id = ++this.#ids;
    for (const { held } of this.#members) for (const look of [...held]) look();
    return release?.releaseKey ?? '';
  }
}

function newKey(): string {
  return `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${randomBytes(8).toString('hex')}`;
}
