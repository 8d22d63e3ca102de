import { Check } from 'typebox/value';
import type { App } from '../../common/protocol/app.ts';
import { vendorKinds } from '../../common/protocol/channel-credentials.ts';
import { type QuotaChanges, type QuotaName, Quotas } from '../../common/protocol/quotas.ts';

/** An app as it is read, with what was set for it. */
export interface AppRow {
  appId: string;
  appKey: string;
  masterSecret: string;
  appSecret: string;
  name: string;
  disabled: number;
  oldMasterSecret: string | null;
  oldMasterUntil: number | null;
  oldAppSecret: string | null;
  oldAppUntil: number | null;
  quotas: string | null;
  callbackUrl: string | null;
  /** Kinds, with commas between them. */
  channels: string | null;
}

export function appOf(row: AppRow): App {
  const { appId, appKey, masterSecret, appSecret, name } = row;
  const app: App = { appId, appKey, masterSecret, appSecret, name, disabled: row.disabled !== 0 };
  if (row.oldMasterSecret !== null && row.oldMasterUntil !== null)
    app.oldMasterSecret = { secret: row.oldMasterSecret, until: row.oldMasterUntil };
  if (row.oldAppSecret !== null && row.oldAppUntil !== null)
    app.oldAppSecret = { secret: row.oldAppSecret, until: row.oldAppUntil };
  const quotas = quotasOf(row.quotas);
  if (Object.keys(quotas).length > 0) app.quotas = quotas;
  if (row.callbackUrl !== null) app.callbackUrl = row.callbackUrl;
  // Those of a version to come are nobody's here.
  const kinds = row.channels?.split(',') ?? [];
  const channels = vendorKinds.filter((kind) => kinds.includes(kind));
  if (channels.length > 0) app.channels = channels;
  return app;
}

/** What stands in the table with changes made to it, as it goes back; null if nothing is left. */
export function changedQuotas(text: string | null, changes: QuotaChanges): string | null {
  const quotas = quotasOf(text);
  for (const [name, value] of Object.entries(changes) as [QuotaName, number | null | undefined][]) {
    if (value === null) delete quotas[name];
    else if (value !== undefined) quotas[name] = value;
  }
  return Object.keys(quotas).length === 0 ? null : JSON.stringify(quotas);
}

/** Text that isn't what this version writes counts as nothing set: an app is served rather than locked out. */
function quotasOf(text: string | null): Quotas {
  if (text === null) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return Check(Quotas, parsed) ? parsed : {};
  } catch {
    return {};
  }
}
