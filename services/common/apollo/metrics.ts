import { createHash } from 'node:crypto';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConfigSource, ConfigState } from './live-config.ts';

const sources: ConfigSource[] = ['apollo', 'backup', 'none'];

export interface ConfigFigures {
  state: () => Readonly<ConfigState>;
  /** Seconds since Apollo last said what is released; undefined if it never has. */
  ageSeconds: () => number | undefined;
}

/**
 * What configuration an instance runs with. Release keys are no closed set, so no label has one: a number made of the key
 * tells whether instances have the same, and the key itself is on `/health/ready`.
 */
export function createConfigMetrics(registry: Registry, { state, ageSeconds }: ConfigFigures) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_config_source',
    help: 'Where the configuration over file and environment comes from: 1 for that source',
    labelNames: ['source'],
    registers,
    collect() {
      for (const source of sources) this.set({ source }, source === state().source ? 1 : 0);
    },
  });
  new Gauge({
    name: 'longwire_config_release',
    help: 'Release of Apollo that is applied, as a number made of its key: the same on all instances with the same release',
    labelNames: ['namespace'],
    registers,
    collect() {
      this.reset();
      for (const [namespace, key] of Object.entries(state().releases)) this.set({ namespace }, numberOf(key));
    },
  });
  new Gauge({
    name: 'longwire_config_pending_keys',
    help: 'Keys whose new value takes effect at the next start',
    registers,
    collect() {
      this.set(state().pending.length);
    },
  });
  new Gauge({
    name: 'longwire_config_faults',
    help: 'Faults of what Apollo has now, for which it is refused; 0: it is applied',
    registers,
    collect() {
      this.set(state().refused?.faults.length ?? 0);
    },
  });
  new Gauge({
    name: 'longwire_config_age_seconds',
    help: 'Time since Apollo last said what is released, seconds; no value without a config centre, or before its first answer',
    registers,
    collect() {
      this.reset();
      const age = ageSeconds();
      if (age === undefined) this.remove();
      else this.set(age);
    },
  });
  return {
    refused: new Counter({
      name: 'longwire_config_refused_total',
      help: 'Releases of Apollo that were refused, as they did not fit',
      registers,
    }),
  };
}

/** 48 bits of a hash: a double holds them. */
function numberOf(releaseKey: string): number {
  return createHash('sha256').update(releaseKey).digest().readUIntBE(0, 6);
}
