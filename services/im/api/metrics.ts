import { Counter, Histogram, type Registry } from 'prom-client';
import type { RestCode } from '../../common/protocol/rest/codes.ts';
import type { CidStatus } from '../../common/protocol/rest/push.ts';
import { type AuthRefusal, authRefusals } from './auth-limits.ts';

/** Look-ups without which the API goes on. */
export const openLookups = [
  'token_revoked',
  'auth_rate',
  'take_quota',
  'return_quota',
  'tag_rate',
  'reserve',
  'settle',
  'release',
  'status',
  'login_times',
  'broadcasts',
] as const;
export type OpenLookup = (typeof openLookups)[number];

/** What the API tells of itself. Labels come from closed sets: names of calls, kinds of answers, look-ups, statuses. */
export interface ApiMetrics {
  /** One answer of a call; `none` is a path that isn't one. */
  answered(call: string, code: RestCode, seconds: number): void;
  /** Targets of accepted pushes by the status they were answered with; async ones have none. */
  accepted(status: CidStatus | 'async', count: number): void;
  /** Something was refused by a limit of its address. */
  refused(what: AuthRefusal): void;
  /** A request was repeated, with the same body or another one. */
  repeated(body: 'same' | 'other'): void;
  /** A look-up failed and was done without. */
  failedOpen(lookup: OpenLookup): void;
}

export function createApiMetrics(registry: Registry): ApiMetrics {
  const answers = new Histogram({
    name: 'longwire_api_request_seconds',
    help: 'Time to answer a call of the HTTP API',
    labelNames: ['call', 'code'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const targets = new Counter({
    name: 'longwire_api_push_targets_total',
    help: 'Targets of accepted pushes by answered status',
    labelNames: ['status'] as const,
    registers: [registry],
  });
  const opened = new Counter({
    name: 'longwire_api_failed_open_total',
    help: 'Look-ups that failed and were done without',
    labelNames: ['lookup'] as const,
    registers: [registry],
  });
  for (const lookup of openLookups) opened.inc({ lookup }, 0);
  const refused = new Counter({
    name: 'longwire_api_refused_total',
    help: 'Authentications and connections refused by a limit of their address',
    labelNames: ['what'] as const,
    registers: [registry],
  });
  for (const what of authRefusals) refused.inc({ what }, 0);
  const repeats = new Counter({
    name: 'longwire_api_repeats_total',
    help: 'Requests whose request_id was answered before, by whether their body was the same',
    labelNames: ['body'] as const,
    registers: [registry],
  });
  for (const body of ['same', 'other'] as const) repeats.inc({ body }, 0);
  // Found by its labels once: that costs more than to observe.
  const answersOf = new Map<string, ReturnType<typeof answers.labels>>();
  const answered: ApiMetrics['answered'] = (call, code, seconds) => {
    const name = `${call} ${code}`;
    let known = answersOf.get(name);
    if (!known) {
      known = answers.labels(call, code);
      answersOf.set(name, known);
    }
    known.observe(seconds);
  };
  return {
    repeated: (body) => repeats.inc({ body }),
    refused: (what) => refused.inc({ what }),
    answered,
    accepted: (status, count) => targets.inc({ status }, count),
    failedOpen: (lookup) => opened.inc({ lookup }),
  };
}
