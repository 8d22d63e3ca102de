import { useState } from 'react';
import { type VendorKind, vendorKinds } from '../../../../common/protocol/channel-credentials.ts';
import { pathOf } from '../../api/client.ts';
import { useAsk, useChangeOf } from '../../api/queries.ts';
import type { AppChannel, AppChannels } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/values.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { fieldLabel } from './channel-words.ts';

/** The channels of vendors that an app has credentials for. Secrets aren't shown; each can be replaced. */
export function ChannelsCard({ app, mayChange }: { app: string; mayChange: boolean }) {
  const { t } = useWords();
  const c = t.channels;
  const path = `${pathOf('apps', app)}/channels`;
  const { data, error, refresh } = useAsk<AppChannels>(path);
  const remove = useChangeOf<VendorKind, undefined>('DELETE', (kind) => `${path}/${kind}`, [path]);
  const [setting, setSetting] = useState<{ kinds: readonly VendorKind[]; before?: AppChannel }>();
  const [removing, setRemoving] = useState<VendorKind>();
  const unset = vendorKinds.filter((kind) => !data?.items.some((one) => one.kind === kind));
  const maySet = mayChange && data?.canSet === true;
  return (
    <Card
      title={c.title}
      actions={maySet && unset.length > 0 && <Button onPress={() => setSetting({ kinds: unset })}>{c.set}</Button>}
    >
      {error && <ErrorNote error={error} onRetry={refresh} />}
      {data === undefined && !error && <Skeleton lines={2} />}
      {data?.canSet === false && <Notice tone="warn">{c.noKeys}</Notice>}
      {data?.items.length === 0 && <p className="small muted">{c.empty}</p>}
      {data !== undefined && data.items.length > 0 && (
        <Table
          label={c.title}
          rows={data.items}
          keyOf={({ kind }) => kind}
          columns={[
            { head: c.kind, name: true, cell: ({ kind }) => c.kinds[kind] },
            { head: c.setAt, cell: ({ setAt }) => <Time ms={setAt} /> },
            { head: c.credentials, cell: ({ shown }) => <Shown shown={shown} /> },
            ...(mayChange
              ? [
                  {
                    head: t.common.moreActions,
                    cell: (before: AppChannel) => (
                      <div className="row">
                        {maySet && (
                          <Button
                            look="quiet"
                            label={`${c.replace}: ${c.kinds[before.kind]}`}
                            onPress={() => setSetting({ kinds: [before.kind], before })}
                          >
                            {c.replace}
                          </Button>
                        )}
                        <Button
                          look="quiet"
                          label={t.common.remove(c.kinds[before.kind])}
                          onPress={() => {
                            remove.reset();
                            setRemoving(before.kind);
                          }}
                        >
                          {c.remove}
                        </Button>
                      </div>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {setting && <ChannelDialog path={path} {...setting} onClose={() => setSetting(undefined)} />}
      {removing && (
        <ConfirmDialog
          open
          title={c.removeTitle(c.kinds[removing])}
          text={c.removeText}
          action={c.remove}
          danger
          busy={remove.busy}
          error={remove.error}
          onClose={() => setRemoving(undefined)}
          onConfirm={() => {
            remove.run({ of: removing, body: undefined }).then(
              () => setRemoving(undefined),
              () => {},
            );
          }}
        />
      )}
    </Card>
  );
}

/** Of fields that are switches. */
const switchWords: Readonly<Record<string, 'yes' | 'no' | undefined>> = { true: 'yes', false: 'no' };

function Shown({ shown }: { shown: AppChannel['shown'] }) {
  const { t } = useWords();
  return (
    <ul className="stack-tight small">
      {Object.entries(shown).map(([name, value]) => (
        <li key={name}>
          <span className="muted">{name === 'secret' ? t.channels.fingerprint : fieldLabel(name, t)}</span>{' '}
          <span className="mono break">{switchWords[value] === undefined ? value : t.common[switchWords[value]]}</span>
        </li>
      ))}
    </ul>
  );
}
