import { useState } from 'react';
import { useLive } from '../../api/live.ts';
import type { Topology, TopologyNode } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card, PageFrame, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { Ago } from '../../ui/values.tsx';
import { InstanceStatus } from '../overview/instances.tsx';
import { LiveMark } from '../overview/overview.tsx';
import { Drawing } from './drawing.tsx';

/** The way of a message, with what passes it now. */
export function TopologyPage() {
  const { t } = useWords();
  const { data, connected, error } = useLive<Topology>('topology');
  const [chosen, setChosen] = useState<TopologyNode>();
  const node = data?.nodes.find(({ id }) => id === chosen);
  return (
    <PageFrame
      title={t.topology.title}
      lead={t.topology.lead}
      actions={<LiveMark connected={connected} waiting={data === undefined} />}
    >
      {error && <ErrorNote error={error} />}
      {data === undefined ? (
        !error && <Skeleton lines={10} />
      ) : (
        <>
          <Card>
            <Drawing topology={data} chosen={chosen} onChoose={setChosen} />
          </Card>
          <Card title={node ? t.topology.node[node.id] : t.overview.instances} flush={node !== undefined}>
            {node === undefined ? <p className="muted small">{t.topology.choose}</p> : <Instances node={node} />}
          </Card>
          <Arrows topology={data} />
        </>
      )}
    </PageFrame>
  );
}

function Instances({ node }: { node: Topology['nodes'][number] }) {
  const { t, f } = useWords();
  const o = t.overview;
  if (node.instances.length === 0) return <p className="card-body muted small">{t.topology.none}</p>;
  return (
    <Table
      label={t.topology.node[node.id]}
      rows={node.instances}
      keyOf={({ name }) => name}
      columns={[
        { head: o.instance, name: true, cell: ({ name }) => <span className="mono">{name}</span> },
        { head: o.state, cell: (instance) => <InstanceStatus instance={instance} /> },
        { head: o.since, cell: ({ since }) => <Ago ms={since} /> },
        { head: o.cpu, figure: true, cell: ({ cpu }) => (cpu === null ? '—' : f.percent(cpu)) },
      ]}
    />
  );
}

/** The same for those who don't see the drawing. */
function Arrows({ topology }: { topology: Topology }) {
  const { t, f } = useWords();
  const p = t.topology;
  return (
    <Card title={p.table} flush>
      <Table
        label={p.table}
        rows={topology.arrows}
        keyOf={({ from, to, unit }) => `${from} ${to} ${unit}`}
        columns={[
          { head: p.from, name: true, cell: ({ from }) => p.node[from] },
          { head: p.to, cell: ({ to }) => p.node[to] },
          {
            head: p.rate,
            figure: true,
            cell: ({ perS, unit }) => (perS === null ? '—' : `${p.perSecond(f.figure(perS))} ${p.unit[unit]}`),
          },
          {
            head: p.p50p99,
            figure: true,
            cell: ({ p50Ms, p99Ms }) =>
              p50Ms === null && p99Ms === null
                ? '—'
                : `${p50Ms === null ? '—' : f.duration(p50Ms)} / ${p99Ms === null ? '—' : f.duration(p99Ms)}`,
          },
        ]}
      />
    </Card>
  );
}
