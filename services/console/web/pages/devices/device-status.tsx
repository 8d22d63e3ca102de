import type { DeviceView } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Status } from '../../ui/status.tsx';

export function DeviceStatus({ device }: { device: DeviceView }) {
  const { t } = useWords();
  if (device.blacklisted) return <Status tone="bad" text={t.devices.blacklisted} />;
  return device.online ? (
    <Status tone="good" text={t.devices.online} />
  ) : (
    <Status tone="idle" text={t.devices.offline} />
  );
}
