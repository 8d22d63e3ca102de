import { useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { DeviceView } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/notice.tsx';

/** Disconnecting, and the blacklist. */
export function DeviceActions({ app, device }: { app: string; device: DeviceView }) {
  const { t } = useWords();
  const d = t.devices;
  const path = pathOf('apps', app, 'devices', device.cid);
  const touches = [pathOf('apps', app, 'devices')];
  const kick = useChange<undefined>('POST', `${path}/kick`, touches);
  const list = useChange<undefined>('PUT', `${path}/blacklist`, touches);
  const unlist = useChange<undefined>('DELETE', `${path}/blacklist`, touches);
  const [asking, setAsking] = useState<'kick' | 'list'>();
  const change = asking === 'list' ? list : kick;
  const run = (): void => {
    change.run(undefined).then(
      () => setAsking(undefined),
      () => {},
    );
  };
  return (
    <>
      {unlist.error && <ErrorNote error={unlist.error} />}
      {device.online && <Button onPress={() => setAsking('kick')}>{d.kick}</Button>}
      {device.blacklisted ? (
        <Button busy={unlist.busy} onPress={() => void unlist.run(undefined).catch(() => {})}>
          {d.unlist}
        </Button>
      ) : (
        <Button look="danger" onPress={() => setAsking('list')}>
          {d.blacklist}
        </Button>
      )}
      <ConfirmDialog
        open={asking !== undefined}
        title={asking === 'list' ? d.blacklist : d.kick}
        text={asking === 'list' ? d.blacklistText : d.kickText}
        action={asking === 'list' ? d.blacklist : d.kick}
        danger
        busy={change.busy}
        error={change.error}
        onConfirm={run}
        onClose={() => setAsking(undefined)}
      />
    </>
  );
}
