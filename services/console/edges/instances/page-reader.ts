import { Agent, request } from 'undici';
import type { HealthReport } from '../../../common/health.ts';
import type { PageLook } from '../../core/readings/instance.ts';
import { readingOf } from '../../core/readings/reading.ts';

/** All that one look takes. */
const lookMs = 1_000;
/** Until the connection stands: later than that nobody is there. */
const connectMs = 700;
const maxPageBytes = 1_048_576;

/** Where nobody listens, or nothing is any more. */
const absent = new Set([
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Reads instances' ops ports: metrics, readiness and, of one that isn't ready, whether it lives. */
export class PageReader {
  // The other side keeps connections for ten seconds.
  readonly #agent = new Agent({
    connections: 2,
    pipelining: 1,
    keepAliveTimeout: 8_000,
    connect: { timeout: connectMs },
    maxResponseSize: maxPageBytes,
  });

  /** @param url `http://host:port` */
  async look(url: string): Promise<PageLook> {
    const signal = AbortSignal.timeout(lookMs);
    try {
      const [metrics, ready] = await Promise.all([
        this.#get(`${url}/metrics`, signal),
        this.#get(`${url}/health/ready`, signal),
      ]);
      if (metrics.status !== 200) return { kind: 'silent', why: `the metrics page answers ${metrics.status}` };
      const reading = readingOf(metrics.text, performance.now());
      const live = ready.status === 200 || (await this.#get(`${url}/health/live`, signal)).status === 200;
      return { kind: 'answered', ready: ready.status === 200, faults: faultsOf(ready.text), live, reading };
    } catch (error) {
      if (absent.has(codeOf(error) ?? '')) return { kind: 'refused' };
      return { kind: 'silent', why: signal.aborted ? `no answer within ${lookMs} ms` : messageOf(error) };
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #get(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const response = await request(url, { dispatcher: this.#agent, signal });
    return { status: response.statusCode, text: await response.body.text() };
  }
}

/** What a ready page says is not well, in its own words, which hold nothing secret. */
function faultsOf(text: string): string[] {
  try {
    const { faults } = JSON.parse(text) as Partial<HealthReport>;
    return Object.entries(faults ?? {}).map(([name, fault]) => `${name}: ${String(fault)}`.slice(0, 200));
  } catch {
    return [];
  }
}

function codeOf(error: unknown): string | undefined {
  const { code, errors } = error as { code?: string; errors?: { code?: string }[] };
  // Several addresses of one host were tried.
  return code ?? errors?.[0]?.code;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
