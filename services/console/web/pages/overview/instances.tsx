import type { InstanceState, InstanceView, Overview } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { instanceFaultText } from '../../i18n/instance-fault.ts';
import { Empty } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Table } from '../../ui/table.tsx';
import { Ago } from '../../ui/values.tsx';

const tones: Record<InstanceState, Tone> = { ready: 'good', not_ready: 'warn', hung: 'bad', gone: 'idle' };

export function InstanceStatus({ instance }: { instance: InstanceView }) {
  const { t } = useWords();
  return (
    <span className="row">
      <Status tone={tones[instance.state]} text={t.overview[instance.state]} />
      {instance.faults.length > 0 && (
        <span className="small muted mono">
          {instance.faults.map((fault) => instanceFaultText(fault, t)).join(', ')}
        </span>
      )}
    </span>
  );
}

/** Every instance of every role; those that are not well come first. */
export function InstancesCard({ overview }: { overview: Overview }) {
  const { t, f } = useWords();
  const o = t.overview;
  const rows = overview.roles
    .flatMap(({ role, instances }) => instances.map((instance) => ({ role, instance })))
    .sort((one, other) => rank(one.instance) - rank(other.instance));
  return (
    <Card
      title={o.instances}
      flush
      actions={overview.roles.map(({ role, instances }) => <RoleMark role={role} instances={instances} key={role} />)}
    >
      {rows.length === 0 ? (
        <Empty icon="topology" title={o.noInstances} />
      ) : (
        <Table
          label={o.instances}
          rows={rows}
          keyOf={({ role, instance }) => `${role}/${instance.name}`}
          columns={[
            { head: o.instance, name: true, cell: ({ instance }) => <span className="mono">{instance.name}</span> },
            { head: o.role, cell: ({ role }) => role },
            { head: o.state, cell: ({ instance }) => <InstanceStatus instance={instance} /> },
            { head: o.since, cell: ({ instance }) => <Ago ms={instance.since} /> },
            {
              head: o.cpu,
              figure: true,
              cell: ({ instance: { cpu } }) => (cpu === null ? '—' : f.percent(cpu)),
            },
            {
              head: o.memory,
              figure: true,
              cell: ({ instance: { rssBytes } }) => (rssBytes === null ? '—' : f.bytes(rssBytes)),
            },
            {
              head: o.connections,
              figure: true,
              cell: ({ instance: { connections } }) => (connections === null ? '—' : f.number(connections)),
            },
          ]}
        />
      )}
      {overview.unread > 0 && <p className="card-body small muted">{o.unread(f.number(overview.unread))}</p>}
    </Card>
  );
}

function RoleMark({ role, instances }: { role: string; instances: InstanceView[] }) {
  const { t, f } = useWords();
  const ready = instances.filter(({ state }) => state === 'ready').length;
  const tone: Tone = ready === instances.length && ready > 0 ? 'good' : ready === 0 ? 'bad' : 'warn';
  const text = `${role} ${t.overview.readyOf(f.number(ready), f.number(instances.length))}`;
  return <Status tone={tone} text={text} />;
}

function rank({ state }: InstanceView): number {
  return ['hung', 'not_ready', 'gone', 'ready'].indexOf(state);
}
