import { useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { useChangeOf } from '../../api/queries.ts';
import { useSession } from '../../api/session.tsx';
import type { Operator } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty, ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card, PageFrame } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { Ago } from '../../ui/values.tsx';
import { CreateOperatorDialog, EditRightsDialog } from './operator-dialogs.tsx';

export function OperatorsPage() {
  const { t } = useWords();
  const o = t.operators;
  const paged = usePaged<Operator>('operators');
  const me = useSession().operator.id;
  const [creating, setCreating] = useState(false);
  const [editing, setEditing] = useState<Operator>();
  const [password, setPassword] = useState<{ name: string; password: string }>();
  const change = useChangeOf<{ id: string }, { disabled: boolean }>('PATCH', ({ id }) => pathOf('operators', id), [
    'operators',
  ]);
  const reset = useChangeOf<{ id: string }, undefined, { password: string }>(
    'POST',
    ({ id }) => `${pathOf('operators', id)}/password`,
  );
  const error = change.error ?? reset.error;
  return (
    <PageFrame
      title={o.title}
      actions={
        <Button look="main" icon="plus" onPress={() => setCreating(true)}>
          {o.create}
        </Button>
      }
    >
      {error && <ErrorNote error={error} />}
      <Card flush>
        <PagedTable
          label={o.title}
          paged={paged}
          keyOf={({ id }) => id}
          empty={<Empty icon="operators" title={t.common.none} />}
          columns={[
            {
              head: o.name,
              name: true,
              cell: ({ id, name }) => (
                <>
                  {name} {id === me && <span className="tag">{o.you}</span>}
                </>
              ),
            },
            { head: o.rights, cell: ({ rights }) => <Rights rights={rights} /> },
            { head: o.source, cell: ({ source }) => o[`bySource_${source}`] },
            {
              head: t.overview.state,
              cell: ({ disabled }) =>
                disabled ? <Status tone="bad" text={o.disabled} /> : <Status tone="good" text={o.active} />,
            },
            {
              head: o.lastSignIn,
              cell: ({ lastSignInAt }) => (lastSignInAt === null ? o.never : <Ago ms={lastSignInAt} />),
            },
            {
              head: t.common.moreActions,
              cell: (operator) => (
                <span className="row">
                  <Button look="quiet" label={`${o.edit}: ${operator.name}`} onPress={() => setEditing(operator)}>
                    {o.edit}
                  </Button>
                  {operator.source === 'password' && operator.id !== me && (
                    <Button
                      look="quiet"
                      label={`${o.resetPassword}: ${operator.name}`}
                      onPress={() => {
                        reset.run({ of: { id: operator.id }, body: undefined }).then(
                          (answer) => setPassword({ name: operator.name, password: answer.password }),
                          () => {},
                        );
                      }}
                    >
                      {o.resetPassword}
                    </Button>
                  )}
                  {operator.id !== me && (
                    <Button
                      look="quiet"
                      label={`${operator.disabled ? o.enable : o.disable}: ${operator.name}`}
                      onPress={() =>
                        void change.run({ of: operator, body: { disabled: !operator.disabled } }).catch(() => {})
                      }
                    >
                      {operator.disabled ? o.enable : o.disable}
                    </Button>
                  )}
                </span>
              ),
            },
          ]}
        />
      </Card>
      <CreateOperatorDialog
        open={creating}
        onClose={() => setCreating(false)}
        onMade={(made) => setPassword({ name: made.operator.name, password: made.password })}
      />
      {editing && <EditRightsDialog operator={editing} onClose={() => setEditing(undefined)} />}
      {password && (
        <Dialog title={o.passwordTitle(password.name)} open onClose={() => setPassword(undefined)}>
          <Notice tone="warn">{t.common.onceOnly}</Notice>
          <CopyText label={o.password} text={password.password} />
        </Dialog>
      )}
    </PageFrame>
  );
}

function Rights({ rights }: { rights: Operator['rights'] }) {
  const { t } = useWords();
  if (rights.length === 0) return <span className="muted">{t.common.none}</span>;
  return (
    <span className="tags">
      {rights.map(({ right, app }) => (
        <span className="tag" key={`${right} ${app}`}>
          {t.operators[right]} · {app === '*' ? t.operators.allApps : app}
        </span>
      ))}
    </span>
  );
}
