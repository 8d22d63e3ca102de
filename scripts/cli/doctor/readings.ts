import type { OpsReading } from '../edges/ops-pages.ts';

/** Something that was read, or why it can't be. */
export type Reading<T> = { ok: true; value: T } | { ok: false; why: string };

export const read = <T>(value: T): Reading<T> => ({ ok: true, value });
export const unread = (why: string): Reading<never> => ({ ok: false, why });

export type RoleName = 'cm' | 'im' | 'user-redis' | 'user-mysql' | 'console';

/** The configuration of a role, as its process was started or as a file would start it. */
export interface RoleConfig {
  role: RoleName;
  /** `process cm-1` or `file /etc/longwire/cm.env` */
  from: string;
  /** By key, defaults included; with faults only those that fit. */
  values: Record<string, unknown>;
  faults: string[];
  /** A config centre says some of it, which is not known here: only secrets and keys of one instance are sure. */
  centre: boolean;
}

export interface OpenFiles {
  soft: number;
  hard: number;
}

export interface Machine {
  node: string;
  openFiles: Reading<OpenFiles>;
  somaxconn: Reading<number>;
  /** Processes of roles that run here, by `process cm-1`. */
  processes: { from: string; role: string; openFiles: Reading<OpenFiles> }[];
}

export interface RedisServer {
  /** `host:port` */
  place: string;
  /** Of INFO, by name. */
  info: Record<string, string>;
  /** Setting `save`, empty if it writes no snapshots; undefined where CONFIG may not be read. */
  save: string | undefined;
  appendfsync: string | undefined;
  /** Times of some PINGs, ms, sorted. */
  pingMs: number[];
}

export interface RedisReading {
  /** `the users’ Redis`, `the bus’ Redis` */
  name: string;
  use: 'users' | 'bus';
  servers: Reading<RedisServer[]>;
}

export interface Mysql {
  version: string;
  flushLog: number;
  /** NOW() minus UTC_TIMESTAMP(), seconds. */
  zoneSeconds: number;
  zone: string;
  maxConnections: number;
  connected: number;
  readOnly: boolean;
}

export interface KafkaTopic {
  topic: string;
  partitions: number;
  /** Of the partition that has the fewest. */
  replicas: number;
  inSync: number;
  minInSync: number;
  retentionMs: number;
  uncleanElection: boolean;
}

export interface Kafka {
  brokers: string[];
  topics: KafkaTopic[];
}

/** One way from a part to another, tried from this machine. */
export interface Arrow {
  from: string;
  to: string;
  /** `host:port` */
  place: string;
  answer: Reading<true>;
}

/** Whether a role takes an internal secret. */
export interface SecretTry {
  /** Who has the secret: `this command`, `process im-1`. */
  by: string;
  to: string;
  answer: Reading<'taken' | 'refused'>;
}

export interface Clock {
  of: string;
  /** How far it is ahead of the clock of this machine, ms, and by how much that may be off. */
  answer: Reading<{ aheadMs: number; uncertainMs: number }>;
}

export interface Certificate {
  of: string;
  place: string;
  answer: Reading<{ validFromMs: number; validToMs: number }>;
}

/** How the running system has laid out its positions. */
export interface Layout {
  routePartitions: number;
  routeGeneration: number;
}

/** All that the checks look at: taken once, by the edges. */
export interface Readings {
  nowMs: number;
  machine: Machine;
  configs: RoleConfig[];
  /** Why there are no configurations, where there are none. */
  noConfigs: string;
  instances: OpsReading[];
  noInstances: string;
  redis: RedisReading[];
  mysql: Reading<Mysql>;
  kafka: Reading<Kafka>;
  arrows: Arrow[];
  secrets: SecretTry[];
  layout: Reading<Layout>;
  clocks: Clock[];
  certificates: Certificate[];
}
