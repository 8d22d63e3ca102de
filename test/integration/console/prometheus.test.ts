import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../services/common/log.ts';
import { historySeries, historyStepS } from '../../../services/console/calls/overview.ts';
import { History } from '../../../services/console/core/readings/history.ts';
import { openPrometheus } from '../../../services/console/edges/prometheus.ts';
import { overviewHandlers } from '../../../services/console/handlers/overview.ts';
import { prometheusAvailable, startPrometheus } from '../../rigs/prometheus.ts';

const available = await prometheusAvailable();
const log = createLog('test', 'test', 'error');
const now = Date.parse('2026-11-29T12:00:02Z');

function historyOf(prometheusUrl: string | undefined) {
  const own = new History(historySeries, historyStepS * 1_000, 3_600_000);
  const values = Object.fromEntries(historySeries.map((name) => [name, 4])) as Record<
    (typeof historySeries)[number],
    number
  >;
  own.note(now - 6_000, values);
  own.note(now, values);
  const handlers = overviewHandlers({
    collector: {
      history: (names) => own.points(names, now),
      current: async () => expect.fail(),
      watch: () => expect.fail(),
    },
    prometheus: prometheusUrl === undefined ? undefined : openPrometheus(prometheusUrl),
    productLine: 'longwire',
    log,
    now: () => now,
  });
  return (series?: string) => handlers.history({ query: series === undefined ? {} : { series } } as never);
}

async function server(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const own = { from: now - (now % 5_000) - 5_000, series: { connections: [4, 4] }, source: 'own' };

test('without a Prometheus the hour is what the console has seen', async () => {
  expect(await historyOf(undefined)('connections')).toMatchObject({ ...own, prometheusAway: false });
});

test('a name of no series is refused with those there are', async () => {
  await expect(historyOf(undefined)('connections,nonsense')).rejects.toMatchObject({
    code: 'bad_request',
    details: { field: 'series', allowed: historySeries.join(', ') },
  });
});

test.each<[string, RequestListener]>([
  ['never answers', () => {}],
  ['fails', (_request, response) => void response.writeHead(503).end('no')],
  ['answers nonsense', (_request, response) => void response.end('{"status":"success","data":{"result":[{}]}}')],
  ['answers endlessly', (_request, response) => void response.end('x'.repeat(2_000_000))],
])('a Prometheus that %s is said to be away, and the hour is what the console has seen', async (_what, answer) => {
  const began = performance.now();
  expect(await historyOf(await server(answer))('connections')).toMatchObject({ ...own, prometheusAway: true });
  expect(performance.now() - began).toBeLessThan(4_000);
});

test('a Prometheus is asked for the hour of the product line, with the password of its address', async () => {
  const asked: { url: URL; authorization: string | undefined }[] = [];
  const base = await server((request, response) => {
    asked.push({ url: new URL(request.url!, 'http://x'), authorization: request.headers.authorization });
    const end = Number(asked.at(-1)!.url.searchParams.get('end'));
    response.end(
      JSON.stringify({
        status: 'success',
        data: {
          result: [
            {
              values: [
                [end, '7.123456'],
                [end - 5, 'NaN'],
              ],
            },
          ],
        },
      }),
    );
  });
  const url = base.replace('http://', 'http://reader:p%40ss@');
  const answer = await historyOf(url)('connections');
  expect(answer).toMatchObject({
    source: 'prometheus',
    prometheusAway: false,
    stepS: 5,
    from: now - (now % 5_000) - 3_595_000,
  });
  expect(answer.series['connections']).toHaveLength(720);
  expect(answer.series['connections']!.slice(-2)).toEqual([null, 7.123]);
  expect(asked[0]!.url.searchParams.get('query')).toContain('product_line="longwire"');
  expect(asked[0]!.authorization).toBe(`Basic ${Buffer.from('reader:p@ss').toString('base64')}`);
});

test.skipIf(!available.ok)('a real Prometheus takes every query', async () => {
  const prometheus = await startPrometheus();
  onTestFinished(() => prometheus.stop());
  const url = new URL(prometheus.remoteWriteUrl).origin;
  // It knows nothing: then the console's own hour is the better one.
  expect(await historyOf(url)()).toMatchObject({ source: 'own', prometheusAway: false });
});
