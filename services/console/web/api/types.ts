/** What the backend's calls answer, as the pages use it. */
export type Right = 'viewer' | 'sender' | 'admin';

export interface Grant {
  right: Right;
  /** `*`: every app. */
  app: string;
}

export interface Operator {
  id: string;
  name: string;
  rights: Grant[];
  disabled: boolean;
  createdAt: number;
  lastSignInAt: number | null;
  source: 'password' | 'oidc';
}

export interface Session {
  operator: Operator;
  csrf: string;
  mustChangePassword: boolean;
  expiresAt: number;
  deviceUrl: string | null;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface AppItem {
  appId: string;
  name: string;
  disabled: boolean;
  createdAt: number;
}

export interface Quota {
  name: string;
  per: 'minute' | 'day';
  limit: number | null;
  default: number | null;
  used: number;
}

export interface AppDetail extends AppItem {
  appKey: string;
  callbackUrl: string | null;
  quotas: Quota[];
}

export interface NewApp extends AppItem {
  appKey: string;
  masterSecret: string;
  appSecret: string;
}

export interface CallbackDelivery {
  at: number;
  status: number | null;
  error: string | null;
  records: number;
}

export interface CallbackTest {
  status: number | null;
  ms: number;
  error: string | null;
}

export interface AuditItem {
  id: string;
  at: number;
  operator: string;
  action: string;
  app: string | null;
  target: string | null;
  result: 'done' | 'refused' | 'failed';
  address: string;
  detail: unknown;
}

export interface Instance {
  name: string;
  state: 'ready' | 'not_ready' | 'hung' | 'gone';
  since: number | null;
  cpu: number | null;
  rssBytes: number | null;
  connections: number | null;
}

export interface Overview {
  at: number;
  roles: { role: string; instances: Instance[] }[];
  rates: Record<string, number | null>;
  latency: Record<string, number | null>;
  busLag: { group: string; topic: string; records: number }[];
  replaying: number | null;
}

export interface History {
  stepS: number;
  from: number;
  series: Record<string, (number | null)[]>;
}

export interface Topology {
  nodes: { id: string; role: string; instances: number }[];
  arrows: { from: string; to: string; perS: number | null; p50Ms: number | null; p99Ms: number | null }[];
}

export interface InstanceSettings {
  release: string | null;
  keys: {
    key: string;
    value: unknown;
    source: 'default' | 'file' | 'environment' | 'config centre';
    hot: boolean;
    secret: boolean;
  }[];
}

export type TaskState = 'scheduled' | 'running' | 'done' | 'stopped' | 'unknown';

export interface TaskItem {
  taskId: string;
  createdAt: number | null;
  audience: unknown;
  group: string | null;
  state: TaskState;
  targets: number | null;
  arrived: number | null;
}

export interface TaskDetail extends TaskItem {
  counts: Record<string, number | null>;
}

export interface Timeline {
  steps: { step: 'accepted' | 'planned' | 'stored' | 'sent' | 'arrived' | 'shown' | 'clicked'; at: number }[];
}

export interface Device {
  cid: string;
  platform: string;
  model: string | null;
  registeredAt: number;
  lastLoginAt: number | null;
  online: { node: string; since: number | null } | null;
  queued: number | null;
  tags: string[];
  alias: string | null;
  channel: string | null;
  blacklisted: boolean;
}

export interface CheckAnswer {
  faults: { field: string; message: string; allowed?: string | null }[];
  estimate: number | null;
  curl: string;
}
