import type { ReactNode } from 'react';
import type { Paged } from '../api/paged.ts';
import { useWords } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import { ErrorNote } from './notice.tsx';
import { Skeleton } from './page.tsx';

export interface Column<Item> {
  head: string;
  cell: (item: Item) => ReactNode;
  /** Figures stand at the right. */
  figure?: boolean;
  /** The one that names the row. */
  name?: boolean;
}

/** On a phone each row becomes a block, with the heads beside its values. */
export function Table<Item>({
  label,
  columns,
  rows,
  keyOf,
}: {
  label: string;
  columns: Column<Item>[];
  rows: Item[];
  keyOf: (item: Item) => string;
}) {
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" className={column.figure ? 'figure' : ''} key={column.head}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map((column) => (
                <td
                  className={`${column.figure ? 'figure numbers' : ''}${column.name ? ' name' : ''}`}
                  data-head={column.head}
                  key={column.head}
                >
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A table that is read page after page; `empty` where it has no rows. */
export function PagedTable<Item>({
  paged,
  empty,
  ...table
}: {
  label: string;
  columns: Column<Item>[];
  paged: Paged<Item>;
  keyOf: (item: Item) => string;
  empty: ReactNode;
}) {
  const { t } = useWords();
  const { items, error, more, loadingMore, refresh } = paged;
  if (items === undefined) {
    return (
      <div className="card-body">{error ? <ErrorNote error={error} onRetry={refresh} /> : <Skeleton lines={6} />}</div>
    );
  }
  return (
    <>
      {error && (
        <div className="card-body">
          <ErrorNote error={error} onRetry={refresh} />
        </div>
      )}
      {items.length === 0 && more === undefined ? empty : <Table {...table} rows={items} />}
      {more && (
        <div className="table-more">
          <Button busy={loadingMore} onPress={more}>
            {loadingMore ? t.common.loadingMore : t.common.more}
          </Button>
        </div>
      )}
    </>
  );
}
