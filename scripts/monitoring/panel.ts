/** One query of a panel. `legend` is Grafana's template for a series' name. */
export interface Query {
  expr: string;
  legend: string;
}

export interface Panel {
  title: string;
  /** Grafana's name of the unit: `short`, `s`, `reqps`, `bytes`, `percentunit`. */
  unit: string;
  kind?: 'timeseries' | 'stat' | 'bargauge';
  queries: Query[];
  /** A line drawn at it: where an alert begins. */
  limit?: number;
}

export interface Dashboard {
  uid: string;
  title: string;
  /** Names of labels to choose values of, beside the product line. */
  variables: ('role' | 'instance')[];
  rows: Panel[][];
}

const columns = 24;
const height = 8;
const datasource = { type: 'prometheus', uid: 'longwire' };

/** The dashboard as Grafana's JSON, panels of a row side by side. */
export function dashboardJson({ uid, title, variables, rows }: Dashboard): object {
  let id = 0;
  const panels = rows.flatMap((row, line) =>
    row.map((panel, place) => {
      const w = Math.floor(columns / row.length);
      return panelJson(panel, ++id, { x: place * w, y: line * height, w, h: height });
    }),
  );
  return {
    uid,
    title,
    tags: ['longwire'],
    schemaVersion: 39,
    editable: false,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'utc',
    templating: {
      list: ['product_line' as const, ...variables].map((name, index, all) => variable(name, all[index - 1])),
    },
    panels,
  };
}

function panelJson({ title, unit, kind = 'timeseries', queries, limit }: Panel, id: number, gridPos: object): object {
  const steps = [{ color: 'green', value: null }, ...(limit === undefined ? [] : [{ color: 'red', value: limit }])];
  return {
    id,
    title,
    type: kind,
    gridPos,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        ...(limit === undefined ? {} : { custom: { thresholdsStyle: { mode: 'line' } } }),
      },
      overrides: [],
    },
    options: kind === 'timeseries' ? { tooltip: { mode: 'multi' }, legend: { displayMode: 'list' } } : {},
  };
}

/** A choice of one label's values, among those that the choice before it leaves. */
function variable(name: string, before: string | undefined): object {
  const among = before === undefined ? '' : `{${before}=~"$${before}"}`;
  return {
    name,
    type: 'query',
    datasource,
    query: `label_values(longwire_agent_target_up${among}, ${name})`,
    refresh: 2,
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
  };
}
