import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * `node hops.ts ROLE OPTIONS`: the way that a push takes through Longwire's roles, and nothing else. As many processes, each of which does what no
 * system with such roles can leave out, in the largest batches that come about by themselves:
 *
 * - `im` has the request's id reserved, appends the message to a log, answers; reads the log on, has it stored, hands it to cm, commits,
 *   and tells that it has a target;
 * - `user-redis` alone speaks to the queues;
 * - `cm` writes to devices, has what they acknowledge trimmed, and tells that it arrived;
 * - `user-mysql` keeps a row of that and one of the task, once a second.
 *
 * No tokens, quotas, expiry, partitions, metrics, deadlines or failures: what these cost is what Longwire takes above this.
 */
export interface HopsOptions {
  redis: string;
  mysql: string;
  /** Of each role, and where devices connect to. */
  ports: Record<'im' | 'user-redis' | 'cm' | 'devices', number>;
}
interface Message {
  id: string;
  device: number;
  text: string;
  seq: number;
}
type Handlers = Record<string, (items: Message[]) => Promise<unknown>>;

const host = '127.0.0.1';
const [role, given = ''] = process.argv.slice(2);
const { redis: redisUrl, mysql, ports } = JSON.parse(given) as HopsOptions;
const redis = new Redis(redisUrl);
const routes = 'route';
const receipts = 'receipt';
const countEveryMs = 1_000;
const rowsAtOnce = 500;

const scripts = {
  reserve: "return redis.call('SET', KEYS[1], 'R', 'PX', 86400000, 'NX') and 1 or 0",
  enqueue: `redis.call('SET', KEYS[1], ARGV[1], 'PX', 7200000)
redis.call('GET', KEYS[3])
local seq = redis.call('INCR', KEYS[4])
redis.call('ZADD', KEYS[2], seq, ARGV[2])
return seq`,
  ack: `redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('SET', KEYS[2], ARGV[1])`,
};

/** Gathers what comes in one turn of the event loop. */
function perTurn<Item>(work: (items: Item[]) => Promise<unknown>): (item: Item) => Promise<void> {
  let items: Item[] = [];
  let done: Promise<unknown> | undefined;
  return async (item) => {
    items.push(item);
    done ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      const all = items;
      [items, done] = [[], undefined];
      return work(all);
    });
    await done;
  };
}

/** Lines of JSON over TCP: each one call with all its items, or its answer. */
async function dial(toRole: 'user-redis' | 'cm'): Promise<(name: string, items: object[]) => Promise<unknown>> {
  const socket = connect({ host, port: ports[toRole], noDelay: true });
  await once(socket, 'connect');
  const waiting = new Map<number, (answer: unknown) => void>();
  let calls = 0;
  readLines(socket, (line) => {
    const [call, found] = JSON.parse(line) as [number, unknown];
    waiting.get(call)!(found);
    waiting.delete(call);
  });
  return (name, items) =>
    new Promise((resolve) => {
      waiting.set(++calls, resolve);
      socket.write(`${JSON.stringify([calls, name, items])}\n`);
    });
}

function answer(port: number, handlers: Handlers): void {
  const server = createServer({ noDelay: true }, (socket) => {
    readLines(socket, (line) => {
      const [call, name, items] = JSON.parse(line) as [number, string, Message[]];
      void handlers[name]!(items).then((found) => socket.write(`${JSON.stringify([call, found])}\n`));
    });
  });
  server.listen(port, host);
}

function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
  socket.on('error', () => socket.destroy());
}

/** Reads a log on for ever; what comes meanwhile is the next batch. */
async function follow<Item>(log: string, pauseMs: number, work: (items: Item[]) => Promise<unknown>): Promise<void> {
  const reader = new Redis(redisUrl);
  for (let last = '0'; ; await sleep(pauseMs)) {
    const found = await reader.xread('COUNT', 5_000, 'BLOCK', 1_000, 'STREAMS', log, last);
    const entries = found?.[0]?.[1] ?? [];
    if (entries.length === 0) continue;
    await work(entries.flatMap(([, [, value]]) => JSON.parse(value!) as Item[]));
    last = entries.at(-1)![0];
    await redis.set(`committed:${log}`, last);
  }
}

/** One record, whatever it has. */
function tell(event: 'target' | 'arrived', messages: Pick<Message, 'id' | 'device'>[]): Promise<unknown> {
  return redis.xadd(receipts, '*', 'v', JSON.stringify(messages.map(({ id, device }) => ({ id, device, event }))));
}

async function im(): Promise<void> {
  const [store, node] = [await dial('user-redis'), await dial('cm')];
  const reserve = perTurn((messages: Message[]) =>
    store(
      'reserve',
      messages.map(({ id }) => ({ id })),
    ),
  );
  const append = perTurn((messages: Message[]) => {
    const pipeline = redis.pipeline();
    for (const message of messages) pipeline.xadd(routes, '*', 'v', JSON.stringify([message]));
    return pipeline.exec();
  });
  const app = fastify({ logger: false });
  const text = { type: 'string', maxLength: 3_072 };
  const properties = { id: { type: 'string' }, device: { type: 'integer' }, text };
  const schema = { body: { type: 'object', required: Object.keys(properties), properties } };
  app.post('/push', { schema }, async (request) => {
    const message = request.body as Message;
    await reserve(message);
    await append(message);
    return { code: 0 };
  });
  await app.listen({ host, port: ports.im });
  await follow(routes, 0, async (messages: Message[]) => {
    const seqs = (await store('enqueue', messages)) as number[];
    await node(
      'deliver',
      messages.map((message, index) => ({ ...message, seq: seqs[index] })),
    );
    await tell('target', messages);
  });
}

async function userRedis(): Promise<void> {
  const step = async (
    script: string,
  ): Promise<(messages: Message[], argsOf: (message: Message) => string[]) => Promise<unknown[]>> => {
    const sha = (await redis.script('LOAD', script)) as string;
    const keys = new Set(script.match(/KEYS\[\d\]/g)).size;
    return async (messages, argsOf) => {
      const pipeline = redis.pipeline();
      for (const message of messages) pipeline.evalsha(sha, keys, ...argsOf(message));
      return (await pipeline.exec())!.map(([, found]) => found);
    };
  };
  const [reserve, enqueue, ack] = await Promise.all([scripts.reserve, scripts.enqueue, scripts.ack].map(step));
  answer(ports['user-redis'], {
    reserve: (messages) => reserve!(messages, ({ id }) => [`request:${id}`]),
    enqueue: (messages) =>
      enqueue!(messages, ({ id, device, text }) => {
        return [`body:${id}`, `queue:${device}`, `device:${device}`, `seq:${device}`, text, id];
      }),
    ack: (messages) => ack!(messages, ({ device, seq }) => [`queue:${device}`, `device:${device}`, String(seq)]),
  });
}

async function cm(): Promise<void> {
  const store = await dial('user-redis');
  const sockets = new Map<number, WebSocket>();
  const sent = new Map<string, Message>();
  const arrived: Message[] = [];
  const trim = perTurn((messages: Pick<Message, 'device' | 'seq'>[]) => store('ack', messages));
  const keyOf = ({ device, seq }: Pick<Message, 'device' | 'seq'>): string => `${device} ${seq}`;
  setInterval(() => {
    if (arrived.length > 0) void tell('arrived', arrived.splice(0));
  }, countEveryMs);
  new WebSocketServer({ host, port: ports.devices, perMessageDeflate: false }).on('connection', (socket, request) => {
    const device = Number(new URL(request.url ?? '/', 'http://cm').searchParams.get('device'));
    sockets.set(device, socket);
    socket.on('message', (data) => {
      const { seq } = JSON.parse(String(data)) as Message;
      const message = sent.get(keyOf({ device, seq }))!;
      sent.delete(keyOf(message));
      arrived.push(message);
      void trim({ device, seq });
    });
  });
  answer(ports.cm, {
    async deliver(messages) {
      for (const message of messages) {
        sent.set(keyOf(message), message);
        sockets.get(message.device)?.send(JSON.stringify({ t: 'push', seq: message.seq, text: message.text }));
      }
    },
  });
}

async function userMysql(): Promise<void> {
  const sql = await createConnection({ uri: mysql });
  await follow(receipts, countEveryMs, async (events: { id: string; device: number; event: string }[]) => {
    const now = Date.now();
    // Written once, as if all had arrived by then: where Longwire has to write a row twice, it does more than this.
    const targets = events.filter(({ event }) => event === 'target');
    await sql.beginTransaction();
    for (let from = 0; from < targets.length; from += rowsAtOnce) {
      const some = targets.slice(from, from + rowsAtOnce);
      await sql.query('INSERT INTO delivery VALUES ?', [some.map(({ id, device }) => [id, device, now, now])]);
      await sql.query('INSERT INTO task VALUES ?', [some.map(({ id }) => [id, 1, 1])]);
    }
    await sql.query("INSERT INTO read_up_to VALUES ('receipt', 1) ON DUPLICATE KEY UPDATE at = at + 1");
    await sql.commit();
  });
}

process.on('SIGTERM', () => process.exit(0));
await { im, 'user-redis': userRedis, cm, 'user-mysql': userMysql }[role as 'im']();
