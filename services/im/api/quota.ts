import type { App } from '../../common/protocol/app.ts';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { type QuotaName, quotaOf } from '../../common/protocol/quotas.ts';
import type { RestCode } from '../../common/protocol/rest/codes.ts';
import { uniqueId } from '../../common/unique-id.ts';
import type { ApiContext } from './context.ts';
import { ApiFault } from './faults.ts';

/** The quotas that requests use up; the rest are rates with counters of their own. */
export type UsedQuota = Exclude<QuotaName, 'authsPerMinute' | 'tagChangesPerMinute'>;
/** How much of each a request uses. */
export type QuotaUses = Partial<Record<UsedQuota, number>>;

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** The window each is counted in, and how its end is answered. */
export const usedQuotas: Record<UsedQuota, { windowMs: number; code: RestCode; text: string }> = {
  callsPerMinute: { windowMs: minuteMs, code: 'callRate', text: 'too many calls in a minute' },
  pushesPerDay: { windowMs: dayMs, code: 'pushPerDay', text: 'the single pushes of this day are used up' },
  listPerDay: { windowMs: dayMs, code: 'listPerDay', text: 'the list pushes of this day are used up' },
  allPerDay: { windowMs: dayMs, code: 'allPerDay', text: 'the pushes to all of this day are used up' },
  tagPerDay: { windowMs: dayMs, code: 'tagPerDay', text: 'the tag pushes of this day are used up' },
  appPushesPerMinute: { windowMs: minuteMs, code: 'appPerMinute', text: 'too many pushes to the app in a minute' },
};

const nothingRefused = Promise.resolve(null);

/** What was taken, or is about to be. */
export interface TakenQuota {
  /** The quota that has not enough left; null if all have. */
  refused: Promise<string | null>;
  /** Resolves when what was taken is given back; may be called twice. */
  giveBack: () => Promise<void>;
}

/** Begins to take a request's uses. What can't be counted in time is let through: a dead store must not lock all upstreams out. */
export function takeQuota(context: ApiContext, app: string, uses: QuotaUses): TakenQuota {
  let claim: QuotaClaim | undefined;
  const ask = (found: App | null): Promise<string | null> => {
    claim = claimOf(context, app, found, uses);
    return claim === undefined ? nothingRefused : context.lookups.takeQuota(claim);
  };
  // Known since the request was let in, but for one that is let in along with this.
  const known = context.freshApp(app);
  const refused = known ? ask(known) : context.findApp(app).then(ask);
  // Of one that nobody asks for, as the request failed before.
  if (!known) refused.catch(() => {});
  const undo = async (): Promise<void> => {
    if ((await refused) === null && claim !== undefined) await context.lookups.returnQuota(claim);
  };
  let given: Promise<void> | undefined;
  const giveBack = (): Promise<void> => {
    given ??= undo();
    return given;
  };
  return { refused, giveBack };
}

/**
 * Does the work if the app's quotas hold it, and gives back what was taken if the work fails.
 *
 * @throws ApiFault of the quota that is used up, before the work is begun; whatever the work throws.
 */
export async function withinQuota<T>(
  context: ApiContext,
  app: string,
  uses: QuotaUses,
  work: () => Promise<T>,
  taken = takeQuota(context, app, uses),
): Promise<T> {
  const refused = await taken.refused;
  if (refused !== null) throw quotaFault(refused);
  try {
    return await work();
  } catch (error) {
    await taken.giveBack();
    throw error;
  }
}

/** What to ask of the quotas for a request's uses; undefined if nothing of it is limited. */
export function claimOf({ deps }: ApiContext, app: string, found: App | null, uses: QuotaUses): QuotaClaim | undefined {
  const limited: QuotaClaim['uses'] = [];
  for (const name of Object.keys(uses) as UsedQuota[]) {
    const amount = uses[name]!;
    const limit = quotaOf(found?.quotas, name);
    if (limit !== null && amount > 0) limited.push({ name, windowMs: usedQuotas[name].windowMs, amount, limit });
  }
  if (limited.length === 0) return undefined;
  return { app, id: uniqueId(), at: deps.now(), uses: limited };
}

export function quotaFault(name: string): ApiFault {
  const { code, text } = usedQuotas[name as UsedQuota];
  return new ApiFault(code, text);
}
