import type { Right, RightName } from '../../api/types.ts';
import { useApps } from '../../app/apps.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Choice } from '../../ui/field.tsx';

const names: RightName[] = ['viewer', 'sender', 'admin'];
const maxRights = 200;

/** A right while it is changed; `id` is the row's. */
export type RightRow = Right & { id: number };

export function rowsOf(rights: readonly Right[]): RightRow[] {
  return rights.map((right, id) => ({ ...right, id }));
}

export function rightsOf(rows: readonly RightRow[]): Right[] {
  return rows.map(({ right, app }) => ({ right, app }));
}

/** Rights of one operator: each of one app, or of all. */
export function RightsFields({ rows, onChange }: { rows: RightRow[]; onChange: (rows: RightRow[]) => void }) {
  const { t } = useWords();
  const o = t.operators;
  const { data } = useApps();
  const helps: Record<RightName, string> = { viewer: o.viewerHelp, sender: o.senderHelp, admin: o.adminHelp };
  const apps = [
    { value: '*', text: o.allApps },
    ...(data?.items ?? []).map(({ appId, name }) => ({ value: appId, text: name })),
  ];
  const set = (id: number, changes: Partial<Right>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...changes } : row)));
  return (
    <div className="stack-tight">
      {rows.map((row, index) => (
        <fieldset className="rule" key={row.id} aria-label={`${o.right} ${index + 1}`}>
          <Choice
            label={o.right}
            value={row.right}
            options={names.map((value) => ({ value, text: `${o[value]}: ${helps[value]}` }))}
            onChange={(name) => set(row.id, { right: name })}
          />
          <Choice
            label={o.app}
            value={row.app}
            options={apps.some(({ value }) => value === row.app) ? apps : [...apps, { value: row.app, text: row.app }]}
            onChange={(app) => set(row.id, { app })}
          />
          <IconButton
            icon="close"
            label={t.common.remove(`${o.right} ${index + 1}`)}
            onPress={() => onChange(rows.filter(({ id }) => id !== row.id))}
          />
        </fieldset>
      ))}
      {rows.length < maxRights && (
        <div>
          <Button
            look="quiet"
            icon="plus"
            onPress={() =>
              onChange([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, right: 'viewer', app: '*' }])
            }
          >
            {o.addRight}
          </Button>
        </div>
      )}
    </div>
  );
}
