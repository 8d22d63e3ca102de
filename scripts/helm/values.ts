import Type, { type TSchema } from 'typebox';

/** Values of the chart. The defaults are those of the manifests; here is what each is, and what may stand in its place. */
const closed = { additionalProperties: false };
const anyObject = (description: string) => Type.Unsafe({ type: 'object', description });
const anyList = (description: string) => Type.Unsafe({ type: 'array', items: { type: 'object' }, description });
const resources = anyObject('Requests and limits');
const address = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+\\.\\d+$' });
const block = Type.String({ pattern: '^[0-9a-f.:]+/\\d+$' });
const port = Type.Integer({ minimum: 1, maximum: 65_535 });
const name = (description: string) => Type.String({ minLength: 1, description });
const digest = Type.String({ pattern: '^(sha256:[0-9a-f]{64})?$' });

const blocks = Type.Array(block, { description: 'Networks that the policy opens; empty: the addresses alone' });
const addresses = Type.Array(address, { description: 'IPv4 addresses that the Service leads to' });
const hostName = Type.String({ description: 'In place of addresses; `blocks` says then where it leads' });

const pods = {
  podAnnotations: anyObject('Annotations of its pods'),
  priorityClassName: Type.String({ description: 'See k8s/cluster; empty: none' }),
  nodeSelector: anyObject('Nodes that it may run on'),
  tolerations: anyList('Taints that it bears'),
  resources,
};
const role = {
  ...pods,
  replicas: Type.Integer({ minimum: 0, description: 'How many, without autoscaling' }),
  topologySpreadConstraints: anyList('How its pods spread over nodes and zones'),
};
const service = Type.Object(
  {
    type: Type.Enum(['LoadBalancer', 'NodePort', 'ClusterIP'], {
      description: 'ClusterIP behind an Ingress or a Gateway',
    }),
    annotations: anyObject('What the provider of the balancer asks for'),
    loadBalancerClass: Type.String({ description: 'Empty: the default of the cluster' }),
  },
  closed,
);
const bounds = Type.Object({ min: Type.Integer({ minimum: 1 }), max: Type.Integer({ minimum: 1 }) }, closed);
const store = (more: Record<string, TSchema>) => Type.Object({ ...more, addresses, blocks, port }, closed);

export const Values = Type.Object(
  {
    line: Type.String({
      pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
      description: 'Name of the product line: the base of its images, and what its topics and keys begin with',
    }),
    images: Type.Object(
      {
        registry: name('Registry and path, without a slash at the end: an image is REGISTRY/LINE-PROGRAM'),
        tag: Type.String({ description: 'Empty: the version of the chart' }),
        pullPolicy: Type.Enum(['', 'Always', 'IfNotPresent', 'Never'], { description: 'Empty: as Kubernetes does' }),
        pullSecrets: anyList('Names of Secrets, as `- name: registry`'),
        digests: Type.Object(
          { cm: digest, im: digest, userRedis: digest, userMysql: digest, console: digest, agent: digest },
          { ...closed, description: 'sha256:… of an image, in place of the tag' },
        ),
      },
      closed,
    ),
    config: Type.Record(Type.String(), Type.String(), {
      description: 'Keys of docs/configuration.md that every role is told, by the names of their variables',
    }),
    secrets: Type.Object(
      {
        internal: name('See k8s/secrets.example for what each holds'),
        identity: name(''),
        tokens: name(''),
        redis: name(''),
        mysql: name(''),
        webPush: name(''),
        channels: name(''),
        console: name(''),
        mainService: name(''),
      },
      { ...closed, description: 'Names of Secrets in the namespace. The chart makes none' },
    ),
    stores: Type.Object(
      { redis: store({ hostName }), mysql: store({ hostName }), kafka: store({}) },
      {
        ...closed,
        description:
          'Where the stores are. Kafka’s brokers by host name: LONGWIRE_BUS_KAFKA_BROKERS in `config`, and `blocks`',
      },
    ),
    mainService: Type.Object(
      {
        namespace: name('Where the Prometheus of k8s/monitoring runs'),
        addresses,
        blocks,
        port,
      },
      {
        ...closed,
        description:
          'Where agents push, by LONGWIRE_REMOTE_WRITE_URL in `config`. With addresses a Service `main-service` leads out of the cluster',
      },
    ),
    agent: Type.Object({ enabled: Type.Boolean({ description: 'An agent beside each role' }), resources }, closed),
    roles: Type.Object(
      {
        cm: Type.Object({ ...role, service }, closed),
        im: Type.Object({ ...role, service }, closed),
        userRedis: Type.Object(role, closed),
        userMysql: Type.Object(role, closed),
        console: Type.Object(role, closed),
      },
      closed,
    ),
    migrations: Type.Object({ enabled: Type.Boolean({ description: 'A Job before each upgrade' }), ...pods }, closed),
    quota: Type.Object({ enabled: Type.Boolean(), hard: anyObject('Room of the namespace') }, closed),
    autoscaling: Type.Object(
      {
        enabled: Type.Boolean({ description: 'ScaledObjects of KEDA in place of `replicas`' }),
        serverAddress: Type.String({ pattern: '^https?://', description: 'The main service' }),
        cm: bounds,
        im: bounds,
        userRedis: bounds,
        userMysql: bounds,
      },
      closed,
    ),
    global: Type.Optional(anyObject('Of Helm’s own, for a chart that this one is a part of')),
  },
  closed,
);
