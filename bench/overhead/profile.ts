import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

/** Shares of the roles' busy time. */
export interface Shares {
  metrics: number;
  tracing: number;
}

/** V8's names of time in which a process does nothing of its own. */
const notBusy = new Set(['(idle)', '(root)', '(program)']);

/** What a process is told to write its profile, and the folder, which `read` removes. */
export class Profiles {
  readonly #dir = mkdtempSync(join(tmpdir(), 'longwire-profiles-'));

  get nodeOptions(): string {
    return `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${this.#dir}`;
  }

  read(): Shares {
    const sums = { busy: 0, metrics: 0, tracing: 0 };
    for (const name of readdirSync(this.#dir)) {
      const profile = JSON.parse(readFileSync(join(this.#dir, name), 'utf8')) as Profile;
      if (!isOfRole(profile)) continue;
      const { busy, metrics, tracing } = timesOf(profile);
      sums.busy += busy;
      sums.metrics += metrics;
      sums.tracing += tracing;
    }
    rmSync(this.#dir, { recursive: true, force: true });
    return { metrics: sums.metrics / sums.busy, tracing: sums.tracing / sums.busy };
  }
}

/** Not of `up`, nor of an agent. */
function isOfRole({ nodes }: Profile): boolean {
  return !nodes.some(({ callFrame }) => /\/scripts\/up\/|\/services\/agent\//.test(callFrame.url));
}

/** µs; what a library calls counts as its own, its loading too. */
function timesOf({ nodes, samples, timeDeltas }: Profile): { busy: number; metrics: number; tracing: number } {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const room = new Map<number, 'metrics' | 'tracing' | 'other' | undefined>();
  const visit = (id: number, within: 'metrics' | 'tracing' | 'other'): void => {
    const { callFrame, children = [] } = byId.get(id)!;
    const { url, functionName } = callFrame;
    let own = within;
    if (/\/prom-client\/|delivery-times\.ts/.test(url)) own = 'metrics';
    // The library of metrics brings OpenTelemetry's interfaces along: what it loads is its own.
    if (own !== 'metrics' && /@opentelemetry\/|otlp-traces\.ts/.test(url)) own = 'tracing';
    room.set(id, notBusy.has(functionName) ? undefined : own);
    for (const child of children) visit(child, own);
  };
  visit(nodes[0]!.id, 'other');
  const times = { busy: 0, metrics: 0, tracing: 0 };
  for (const [index, id] of samples.entries()) {
    const of = room.get(id);
    if (of === undefined) continue;
    times.busy += timeDeltas[index]!;
    if (of !== 'other') times[of] += timeDeltas[index]!;
  }
  return times;
}
