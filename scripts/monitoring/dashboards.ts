import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventLoopSampleMs } from '../../services/common/metrics.ts';
import { type Dashboard, dashboardJson, type Panel } from './panel.ts';

const line = 'product_line=~"$product_line"';
const chosen = `${line}, role=~"$role", instance=~"$instance"`;
const byLine = 'sum by (product_line)';

const quantiles = (histogram: string, by = 'product_line', labels = line): Panel['queries'] =>
  [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${histogram}_bucket{${labels}}[5m])))`,
    legend: `${by
      .split(', ')
      .map((label) => `{{${label}}}`)
      .join(' ')} p${quantile * 100}`,
  }));

/** Each file's dashboard. */
export const dashboards: Record<string, Dashboard> = {
  fleet: {
    uid: 'longwire-fleet',
    title: 'Longwire: fleet',
    variables: [],
    rows: [
      [
        {
          title: 'Instances',
          unit: 'short',
          queries: [{ expr: `longwire:instances:count{${line}}`, legend: '{{product_line}} {{role}}' }],
        },
        {
          title: 'Hung, or not scraped',
          unit: 'short',
          queries: [
            { expr: `sum by (product_line, role) (longwire_agent_target_hung{${line}})`, legend: '{{role}} hung' },
            {
              expr: `sum by (product_line, role) (1 - longwire_agent_target_up{${line}})`,
              legend: '{{role}} not scraped',
            },
          ],
        },
        {
          title: 'Devices connected',
          unit: 'short',
          queries: [{ expr: `longwire:cm_connections:sum{${line}}`, legend: '{{product_line}}' }],
        },
      ],
      [
        {
          title: 'Targets accepted, pushes sent, acknowledged',
          unit: 'reqps',
          queries: ['accepted', 'sent', 'acked'].map((what) => ({
            expr: `longwire:${what}:rate1m{${line}}`,
            legend: `{{product_line}} ${what}`,
          })),
        },
        {
          title: 'API answers of 500 and 503',
          unit: 'percentunit',
          limit: 0.01,
          queries: [{ expr: `longwire:api_failures:ratio5m{${line}}`, legend: '{{product_line}}' }],
        },
        {
          title: 'Stores reached',
          unit: 'short',
          queries: [
            { expr: `max by (product_line) (longwire_redis_up{${line}})`, legend: '{{product_line}} Redis' },
            { expr: `max by (product_line) (longwire_mysql_up{${line}})`, legend: '{{product_line}} MySQL' },
          ],
        },
      ],
      [
        {
          title: 'CPU',
          unit: 'short',
          queries: [
            {
              expr: `sum by (product_line, role) (rate(process_cpu_seconds_total{${line}}[1m]))`,
              legend: '{{product_line}} {{role}}',
            },
          ],
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: [
            {
              expr: `sum by (product_line, role) (process_resident_memory_bytes{${line}})`,
              legend: '{{product_line}} {{role}}',
            },
          ],
        },
        {
          title: 'Receipts not counted yet',
          unit: 'short',
          limit: 100_000,
          queries: [{ expr: `${byLine} (longwire_receipts_lag{${line}})`, legend: '{{product_line}}' }],
        },
      ],
    ],
  },
  role: {
    uid: 'longwire-role',
    title: 'Longwire: one role',
    variables: ['role', 'instance'],
    rows: [
      [
        {
          title: 'CPU',
          unit: 'short',
          queries: [{ expr: `rate(process_cpu_seconds_total{${chosen}}[1m])`, legend: '{{instance}}' }],
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: [{ expr: `process_resident_memory_bytes{${chosen}}`, legend: '{{instance}}' }],
        },
        {
          title: 'Event loop, p99 of its lag',
          unit: 's',
          limit: 0.5,
          queries: [
            {
              expr: `nodejs_eventloop_lag_p99_seconds{${chosen}} - ${eventLoopSampleMs / 1_000}`,
              legend: '{{instance}}',
            },
          ],
        },
      ],
      [
        {
          title: 'Internal calls answered',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (instance, call) (rate(longwire_call_seconds_count{${chosen}}[1m]))`,
              legend: '{{instance}} {{call}}',
            },
          ],
        },
        {
          title: 'Internal calls, p99',
          unit: 's',
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (call, le) (rate(longwire_call_seconds_bucket{${chosen}}[5m])))`,
              legend: '{{call}}',
            },
          ],
        },
        {
          title: 'Internal calls failed',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (instance, call) (rate(longwire_call_seconds_count{${chosen}, outcome="failed"}[5m]))`,
              legend: '{{instance}} {{call}}',
            },
          ],
        },
      ],
      [
        {
          title: 'Connections',
          unit: 'short',
          queries: [
            { expr: `longwire_cm_connections{${chosen}, state="live"}`, legend: '{{instance}}' },
            { expr: `longwire_cm_connections_limit{${chosen}}`, legend: '{{instance}} limit' },
          ],
        },
        {
          title: 'Logins',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (instance, outcome) (rate(longwire_cm_logins_total{${chosen}}[1m]))`,
              legend: '{{instance}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Partitions of routers',
          unit: 'short',
          queries: [{ expr: `longwire_router_partitions{${chosen}}`, legend: '{{instance}} {{state}}' }],
        },
      ],
      [
        {
          title: 'Devices told to come back',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (instance, reason) (rate(longwire_cm_sent_away_total{${chosen}}[1m]))`,
              legend: '{{instance}} {{reason}}',
            },
          ],
        },
        {
          title: 'Evening out: rounds by what they found',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (instance, state) (rate(longwire_cm_rebalance_rounds_total{${chosen}}[1m]))`,
              legend: '{{instance}} {{state}}',
            },
          ],
        },
        {
          title: 'Evening out: connections over the mean',
          unit: 'percentunit',
          queries: [
            {
              expr: `longwire_cm_connections{${chosen}, state="live"} / on (product_line, role) group_left avg by (product_line, role) (longwire_cm_connections{${line}, state="live"}) - 1`,
              legend: '{{instance}}',
            },
          ],
        },
      ],
      [
        {
          title: 'Agent: samples that wait, dropped',
          unit: 'short',
          queries: [
            { expr: `longwire_agent_buffered_samples{${chosen}}`, legend: '{{instance}} wait' },
            {
              expr: `rate(longwire_agent_dropped_samples_total{${chosen}}[5m])`,
              legend: '{{instance}} dropped a second',
            },
          ],
        },
        {
          title: 'Open files',
          unit: 'short',
          queries: [{ expr: `process_open_fds{${chosen}}`, legend: '{{instance}}' }],
        },
      ],
    ],
  },
  funnel: {
    uid: 'longwire-funnel',
    title: 'Longwire: funnel of apps',
    variables: [],
    rows: [
      [
        {
          title: 'From accepted to clicked, of the chosen time',
          unit: 'short',
          kind: 'bargauge',
          queries: [
            { expr: `${byLine} (increase(longwire_api_push_targets_total{${line}}[$__range]))`, legend: '1 accepted' },
            ...['target', 'sent', 'arrived', 'display', 'click'].map((event, index) => ({
              expr: `${byLine} (increase(longwire_receipt_events_total{${line}, event="${event}"}[$__range]))`,
              legend: `${index + 2} ${event}`,
            })),
          ],
        },
        {
          title: 'Events counted',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (product_line, event) (rate(longwire_receipt_events_total{${line}}[1m]))`,
              legend: '{{product_line}} {{event}}',
            },
          ],
        },
      ],
      [
        {
          title: 'Targets by answered status',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (product_line, status) (rate(longwire_api_push_targets_total{${line}}[1m]))`,
              legend: '{{product_line}} {{status}}',
            },
          ],
        },
        {
          title: 'Calls of the API',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (product_line, call) (rate(longwire_api_request_seconds_count{${line}}[1m]))`,
              legend: '{{product_line}} {{call}}',
            },
          ],
        },
        {
          title: 'Answers other than ok',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (product_line, code) (rate(longwire_api_request_seconds_count{${line}, code!="ok"}[1m]))`,
              legend: '{{product_line}} {{code}}',
            },
          ],
        },
      ],
      [
        {
          title: 'Left to channels of vendors',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (product_line, outcome) (rate(longwire_router_channel_records_total{${line}}[5m]))`,
              legend: '{{product_line}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Receipts that wait for upstreams',
          unit: 'short',
          limit: 50_000,
          queries: [{ expr: `${byLine} (longwire_callback_waiting{${line}})`, legend: '{{product_line}}' }],
        },
      ],
    ],
  },
  latency: {
    uid: 'longwire-latency',
    title: 'Longwire: delivery latency',
    variables: [],
    rows: [
      [
        { title: 'Answer of the API', unit: 's', limit: 1, queries: quantiles('longwire_api_request_seconds') },
        {
          title: 'Accepted, until the device’s node has it',
          unit: 's',
          limit: 5,
          queries: quantiles('longwire_router_handoff_seconds'),
        },
        { title: 'On the socket, until the ack', unit: 's', queries: quantiles('longwire_cm_ack_seconds') },
      ],
      [
        { title: 'A router’s batch', unit: 's', queries: quantiles('longwire_router_batch_seconds') },
        {
          title: 'Internal calls by role',
          unit: 's',
          queries: [{ expr: `longwire:call_seconds:p99_5m{${line}}`, legend: '{{product_line}} {{role}} p99' }],
        },
        {
          title: 'Scheduled pushes: how late',
          unit: 's',
          limit: 30,
          queries: quantiles('longwire_planner_schedule_late_seconds'),
        },
      ],
      [
        { title: 'A transaction of receipts', unit: 's', queries: quantiles('longwire_receipt_transaction_seconds') },
        {
          title: 'Reads of queues, where order asked for them',
          unit: 'reqps',
          queries: [{ expr: `${byLine} (rate(longwire_cm_pulls_total{${line}}[1m]))`, legend: '{{product_line}}' }],
        },
      ],
    ],
  },
};

/** What each file holds, by its name. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dashboards).map(([name, one]) => [
      `${name}.json`,
      `${JSON.stringify(dashboardJson(one), null, 2)}\n`,
    ]),
  );
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../../monitoring/dashboards');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(dashboardFiles())) writeFileSync(join(folder, name), text);
}
