import type { Overview } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Card } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { Table } from '../../ui/table.tsx';

/** How far each group is behind the bus. */
export function LagCard({ lag }: { lag: Overview['busLag'] }) {
  const { t, f } = useWords();
  const o = t.overview;
  if (lag.every(({ records }) => records === 0)) {
    return (
      <Card title={o.lag}>
        <Status tone="good" text={o.noLag} />
      </Card>
    );
  }
  return (
    <Card title={o.lag} flush>
      <Table
        label={o.lag}
        rows={lag}
        keyOf={({ group, topic }) => `${group}/${topic}`}
        columns={[
          { head: o.group, name: true, cell: ({ group }) => group },
          { head: o.topic, cell: ({ topic }) => topic },
          { head: o.records, figure: true, cell: ({ records }) => f.number(records) },
        ]}
      />
    </Card>
  );
}
