import type { VendorKind } from '../../../common/protocol/channel-credentials.ts';
import type { Vendor } from '../adapter.ts';
import { apns } from './apns.ts';
import { fcm } from './fcm.ts';
import { harmony } from './harmony/adapter.ts';
import { honor } from './honor/adapter.ts';
import { huawei } from './huawei/adapter.ts';
import { oppo } from './oppo/adapter.ts';
import { vivo } from './vivo/adapter.ts';
import { xiaomi } from './xiaomi/adapter.ts';

/** The channels of vendors that there are. */
export const vendors: { [Kind in VendorKind]: Vendor<Kind> } = {
  fcm,
  apns,
  huawei,
  xiaomi,
  oppo,
  vivo,
  honor,
  harmony,
};
