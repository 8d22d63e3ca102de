'use strict';
/**
 * Loaded before a role, takes the work out of its metrics: what is left of a run's cost is the role without them.
 * CommonJS, as it has to be there before the library's names are read.
 */
const client = require('prom-client');

const nothing = () => {};
for (const { prototype } of [client.Counter, client.Gauge, client.Histogram, client.Summary]) {
  for (const name of ['inc', 'dec', 'set', 'observe']) if (name in prototype) prototype[name] = nothing;
  if ('startTimer' in prototype) prototype.startTimer = () => () => 0;
}
client.collectDefaultMetrics = nothing;
