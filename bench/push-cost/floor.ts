import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * `node floor.ts PORT REDIS_URL`: the least that a push can cost and still be stored, sent and acknowledged. One process: a request is
 * checked against its schema, remembered by its id and put into the device's queue by one script, answered when Redis has it on
 * disk, sent to the device, and trimmed at its ack.
 */
const [port = '0', url = ''] = process.argv.slice(2);
const redis = new Redis(url, { enableAutoPipelining: true });
const sockets = new Map<string, WebSocket>();

const storeScript = `
if not redis.call('SET', KEYS[1], '1', 'PX', 86400000, 'NX') then return 0 end
local seq = redis.call('INCR', KEYS[2])
redis.call('ZADD', KEYS[3], seq, ARGV[1])
redis.call('PEXPIRE', KEYS[3], 7200000)
return seq`;
const storeSha = String(await redis.script('LOAD', storeScript));

const app = fastify({ logger: false });
const schema = {
  body: {
    type: 'object',
    required: ['id', 'device', 'text'],
    properties: { id: { type: 'string' }, device: { type: 'integer' }, text: { type: 'string', maxLength: 3_072 } },
  },
};
app.get('/health', () => ({ ok: true }));
app.post('/push', { schema }, async (request) => {
  const { id, device, text } = request.body as { id: string; device: number; text: string };
  const seq = await redis.evalsha(storeSha, 3, `request:${id}`, `seq:${device}`, `queue:${device}`, text);
  sockets.get(String(device))?.send(JSON.stringify({ t: 'push', seq, text }));
  return { code: 0 };
});

const devices = new WebSocketServer({ noServer: true, perMessageDeflate: false });
await app.ready();
app.server.on('upgrade', (request, stream, head) => {
  const device = new URL(request.url ?? '/', 'http://floor').searchParams.get('device') ?? '';
  devices.handleUpgrade(request, stream, head, (socket) => {
    sockets.set(device, socket);
    socket.on('message', (data) => {
      const { seq } = JSON.parse(String(data)) as { seq: number };
      void redis.zremrangebyscore(`queue:${device}`, '-inf', seq);
    });
  });
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
process.on('SIGTERM', () => process.exit(0));
