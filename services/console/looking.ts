import { CmNodes } from '../common/cm-nodes.ts';
import { Kicks } from '../common/kicks.ts';
import type { Logger } from '../common/log.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import { createClient } from '../common/rpc/client.ts';
import type { Client } from '../common/rpc/contract.ts';
import { Collector } from './collector/collector.ts';
import { allSources, leaseSource } from './collector/sources.ts';
import type { Config } from './config.ts';
import { InstancesFileReader } from './edges/instances/instances-file.ts';
import { NamedHosts } from './edges/instances/named-hosts.ts';
import { PageReader } from './edges/instances/page-reader.ts';
import { openPrometheus, type Prometheus } from './edges/prometheus.ts';
import { UpstreamApi } from './edges/upstream-api.ts';

/** What looks at instances, and reaches what the two user roles don't. */
export interface Looking {
  collector: Collector;
  prometheus: Prometheus | undefined;
  upstream: UpstreamApi;
  kicks: Kicks;
  connect: typeof createClient;
}

export interface LookingDeps {
  config: Readonly<Config>;
  mysql: Client<UserMysqlCalls>;
  redis: Client<UserRedisCalls>;
  /** Of this console, which is an instance too; undefined: it isn't looked at. */
  opsPort: number | undefined;
  log: Logger;
  now: () => number;
}

/** Opens all that; nothing is looked at before the collector starts. */
export function openLooking({ config, mysql, redis, opsPort, log, now }: LookingDeps): {
  looking: Looking;
  stop: () => Promise<void>;
} {
  const { instances, instancesFile, prometheusUrl } = config;
  const self = opsPort === undefined ? [] : [`console=${ownHost(config.host)}:${opsPort}`];
  const sources = {
    leases: leaseSource(redis.nodes),
    instances: new NamedHosts([...self, ...instances], now),
    ...(instancesFile === undefined ? {} : { instancesFile: new InstancesFileReader(instancesFile) }),
  };
  const pages = new PageReader();
  const collector = new Collector({ targets: allSources(sources, log), look: (url) => pages.look(url), log, now });
  // Leases are read when a connection is to be ended, and not before.
  const nodes = new CmNodes(redis, { secret: config.internalSecrets[0]!, everyMs: 1_000 }, log);
  const findApp = async (appId: string) => (await mysql.app({ appId })).app;
  const upstream = new UpstreamApi({ url: config.imUrl, findApp, now });
  return {
    looking: {
      ...{ collector, upstream, kicks: new Kicks(nodes), connect: createClient },
      prometheus: prometheusUrl === undefined ? undefined : openPrometheus(prometheusUrl),
    },
    async stop() {
      collector.stop();
      await Promise.all([pages.close(), upstream.close(), nodes.stop()]);
    },
  };
}

/** Where this process reaches itself. */
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? (host === '::' ? '[::1]' : `[${host}]`) : host;
}
