import { TabDevice, type TabsOptions } from './tabs/tab-device.ts';

export type { TabDevice, TabsOptions } from './tabs/tab-device.ts';

/**
 * Like `connect`, for sites that are open in several tabs: they are one device, one of them holds the connection, and all get the
 * messages. The storage must be one that the tabs share. Events and calls may come from any of them; when the one that holds the
 * connection ends, another takes over.
 *
 * @throws DeviceError `bad_options`
 */
export function connectTabs(options: TabsOptions): TabDevice {
  return new TabDevice(options);
}
