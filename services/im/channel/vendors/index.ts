import type { VendorKind } from '../../../common/protocol/channel-credentials.ts';
import type { Vendor } from '../adapter.ts';
import { apns } from './apns.ts';
import { fcm } from './fcm.ts';

/** The channels of vendors that there are. */
export const vendors: { [Kind in VendorKind]?: Vendor<Kind> } = {
  fcm,
  apns,
};
