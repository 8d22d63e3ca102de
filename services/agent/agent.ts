import type { CgroupFigures } from '../common/cgroup/figures.ts';
import { cgroupMetrics } from '../common/cgroup/metrics.ts';
import type { HungFault, Judgement } from '../common/hung/judgement.ts';
import type { LineLog } from '../common/line-log.ts';
import { readExposition } from './core/exposition.ts';
import type { RequestBuffer } from './core/request-buffer.ts';
import { nameOf, type Sample, SeriesOfSource } from './core/series.ts';
import { encodeWriteRequest } from './core/write-request.ts';
import { type ProcessFigures, samplesOf } from './metrics.ts';
import type { Pusher } from './pusher.ts';

export interface AgentPorts {
  /** The role's metrics page. Rejects if it can't be read. */
  readPage: () => Promise<string>;
  role: () => { process: ProcessFigures | undefined; cgroup: CgroupFigures };
  self: () => { cpuSeconds: number; residentBytes: number };
  compress: (body: Buffer) => Buffer;
  /** ms since the epoch. */
  now: () => number;
}

/** Samples of one request at the most: what senders of Prometheus itself keep to. */
const maxSamplesPerRequest = 2_000;

/**
 * What is known of one role, gathered for the main service: its metrics page, and what the agent sees of it from outside. A
 * series that the role has no more, as all of them when its page can't be read, is ended at once.
 */
export class Agent {
  #ports: AgentPorts;
  #buffer: RequestBuffer;
  #pusher: Pick<Pusher, 'wake' | 'failures'>;
  #labels: Record<string, string>;
  #log: LineLog;
  #ofRole = new SeriesOfSource();
  #ofAgent = new SeriesOfSource();
  #seen: { hung: boolean; fault: HungFault | undefined } = { hung: false, fault: undefined };
  #scrape: { seconds: number; samples: number } | undefined;
  /** Names of the cgroup's metrics that the page had, when it was read last. */
  #onPage = new Set<string>();
  #fault: string | undefined;
  #lastMs = 0;
  #ended = false;

  constructor(
    ports: AgentPorts,
    buffer: RequestBuffer,
    pusher: Pick<Pusher, 'wake' | 'failures'>,
    labels: Record<'product_line' | 'role' | 'instance', string>,
    log: LineLog,
  ) {
    this.#ports = ports;
    this.#buffer = buffer;
    this.#pusher = pusher;
    this.#labels = labels;
    this.#log = log;
  }

  /** Reads the page and adds it, and what is seen of the role, to what waits. Never rejects. */
  async collect(): Promise<void> {
    const atMs = this.#stamp();
    const startMs = performance.now();
    let samples: Sample[] = [];
    try {
      samples = readExposition(await this.#ports.readPage(), this.#labels);
      this.#scrape = { seconds: (performance.now() - startMs) / 1_000, samples: samples.length };
      if (this.#fault !== undefined) this.#log.info('the metrics of the role can be read again');
      this.#fault = undefined;
    } catch (error) {
      const fault = (error as Error).message;
      this.#scrape = undefined;
      if (fault !== this.#fault) this.#log.warn({ err: error }, 'the metrics of the role cannot be read');
      this.#fault = fault;
    }
    this.#onPage = new Set(samples.map(({ labels }) => nameOf(labels)).filter((name) => name in cgroupMetrics));
    this.#add(this.#ofRole.next(samples), atMs);
    this.#report();
  }

  /** Takes the judgement of a look at the role; one that changes is told at once. */
  looked({ hung, fault }: Pick<Judgement, 'hung' | 'fault'>): void {
    const before = this.#seen;
    this.#seen = { hung, fault };
    if (hung === before.hung) return;
    if (hung) this.#log.error({ fault }, 'the role hangs');
    else this.#log.info('the role hangs no more');
    this.#report();
  }

  /** Ends all series: neither role nor agent is there any more. What a turn under way brings after that is left out. */
  end(): void {
    this.#add(this.#ofRole.next([]), this.#stamp());
    this.#add(this.#ofAgent.next([]), this.#stamp());
    this.#ended = true;
  }

  #report(): void {
    const { role, self } = this.#ports;
    const figures = {
      up: this.#scrape !== undefined,
      ...this.#seen,
      scrape: this.#scrape,
      dropped: this.#buffer.dropped,
      failures: this.#pusher.failures,
      buffered: { samples: this.#buffer.samples, bytes: this.#buffer.bytes },
      self: self(),
      ...role(),
    };
    // What the role tells of itself isn't told twice.
    const told = ({ labels }: Sample): boolean => this.#onPage.has(nameOf(labels));
    const own = samplesOf(figures, this.#labels).filter((sample) => !told(sample));
    // Nor is it ended: the series goes on.
    const next = this.#ofAgent.next(own).filter((sample) => !told(sample));
    this.#add(next, this.#stamp());
  }

  #add(samples: Sample[], atMs: number): void {
    if (this.#ended) return;
    for (let from = 0; from < samples.length; from += maxSamplesPerRequest) {
      const part = samples.slice(from, from + maxSamplesPerRequest);
      this.#buffer.add({ body: this.#ports.compress(encodeWriteRequest(part, atMs)), samples: part.length });
    }
    this.#pusher.wake();
  }

  /** Never the same twice and never back, whatever the clock does: the main service refuses such samples. */
  #stamp(): number {
    this.#lastMs = Math.max(this.#ports.now(), this.#lastMs + 1);
    return this.#lastMs;
  }
}
