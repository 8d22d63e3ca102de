import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Availability, fetchJars, jarsAvailable } from './maven.ts';
import { freePort, type Managed, startProcess, waitFor } from './process.ts';

/** Names the jars of the broker. */
export const kafkaPom = fileURLToPath(new URL('./kafka/pom.xml', import.meta.url));

export interface KafkaServer extends Managed {
  /** `host:port`, as a client takes it. */
  readonly brokers: string[];
  readonly port: number;
}

/** Whether a broker can be started here; fetches its jars the first time. */
export const kafkaAvailable = (): Promise<Availability> => jarsAvailable('kafka', kafkaPom);

/**
 * A broker and controller in one process (KRaft), of the jars that `kafka/pom.xml` names. Started again on the same folder
 * and port it goes on with the same data; what it acknowledged survives a SIGKILL, as the kernel has it.
 */
export async function startKafka(options: { dir: string; port?: number; host?: string }): Promise<KafkaServer> {
  const { host = '127.0.0.1' } = options;
  const jars = await fetchJars('kafka', kafkaPom);
  const port = options.port ?? (await freePort());
  const controllerPort = await freePort();
  mkdirSync(options.dir, { recursive: true });
  const config = join(options.dir, 'server.properties');
  writeFileSync(config, properties(options.dir, host, port, controllerPort));
  const log4j = join(options.dir, 'log4j.properties');
  writeFileSync(log4j, log4jProperties);
  const java = ['-Xmx512m', '-Xms256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  const common = [...java, `-Dlog4j.configuration=file:${log4j}`, '-cp', join(jars, '*')];
  if (!existsSync(join(options.dir, 'data', 'meta.properties'))) {
    // What formatting writes; the rest has defaults. It would cost another start of the JVM.
    mkdirSync(join(options.dir, 'data'), { recursive: true });
    const id = randomBytes(16).toString('base64url');
    const meta = `version=1\ncluster.id=${id}\nnode.id=1\n`;
    writeFileSync(join(options.dir, 'data', 'meta.properties'), meta);
  }
  const logFile = join(options.dir, 'kafka.log');
  const server = await startProcess({
    command: 'java',
    args: [...common, 'kafka.Kafka', config],
    logFile,
    cwd: options.dir,
  });
  const died = server.ended.then(() => {
    throw new Error(`Kafka on port ${port} ended at once; see ${logFile}`);
  });
  await Promise.race([waitFor('Kafka takes connections', () => takesConnections(host, port), 60_000, 100), died]);
  return { ...server, brokers: [`${host}:${port}`], port };
}

function properties(dir: string, host: string, port: number, controllerPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://${host}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://${host}:${port}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(dir, 'data')}`,
    'auto.create.topics.enable=false',
    'default.replication.factor=1',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    // One broker has nobody to hand its partitions to.
    'controlled.shutdown.enable=false',
    // After a kill the controller waits for the old session of this same broker to run out.
    'broker.session.timeout.ms=1500',
    'broker.heartbeat.interval.ms=300',
    'num.network.threads=2',
    'num.io.threads=4',
    'background.threads=2',
    'log.cleaner.dedupe.buffer.size=8388608',
    '',
  ].join('\n');
}

const log4jProperties = [
  'log4j.rootLogger=WARN, out',
  'log4j.appender.out=org.apache.log4j.ConsoleAppender',
  'log4j.appender.out.layout=org.apache.log4j.PatternLayout',
  'log4j.appender.out.layout.ConversionPattern=%d %p %c %m%n',
  '',
].join('\n');

async function takesConnections(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
