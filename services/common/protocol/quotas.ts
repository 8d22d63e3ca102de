import Type, { type Static } from 'typebox';

/** A counter in Redis holds this much exactly, by far. */
const Limit = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
const limit = (description: string) => Type.Optional({ ...Limit, description });
const change = Type.Optional(Type.Union([Limit, Type.Null()]));

/** What an app may use up, by minute and by UTC day; refused above it with the code named. */
export const Quotas = Type.Object({
  authsPerMinute: limit('Authentications; 10003'),
  callsPerMinute: limit('Calls of any kind; 10005'),
  pushesPerDay: limit('Messages of single and batch pushes; 30009'),
  listPerDay: limit('Devices and aliases named in pushes to lists; 30008'),
  allPerDay: limit('Pushes to a whole app; 30007'),
  tagPerDay: limit('Pushes to tags; 30010'),
  appPushesPerMinute: limit('Pushes to a whole app or to tags, together; 30014'),
  tagChangesPerMinute: limit('Calls that change tags; 30012'),
});
export type Quotas = Static<typeof Quotas>;
export type QuotaName = keyof Quotas;

/** New values by name; null puts the default back. */
export const QuotaChanges = Type.Object(
  {
    authsPerMinute: change,
    callsPerMinute: change,
    pushesPerDay: change,
    listPerDay: change,
    allPerDay: change,
    tagPerDay: change,
    appPushesPerMinute: change,
    tagChangesPerMinute: change,
  },
  { additionalProperties: false },
);
export type QuotaChanges = Static<typeof QuotaChanges>;

/** Where nothing was set for an app. Null: no limit, and nothing is counted. */
export const defaultQuotas: Record<QuotaName, number | null> = {
  authsPerMinute: 100,
  callsPerMinute: null,
  pushesPerDay: 1_000_000_000,
  listPerDay: 1_000_000_000,
  allPerDay: 10_000,
  tagPerDay: 100_000,
  appPushesPerMinute: 1_000,
  tagChangesPerMinute: 6_000,
};
export const quotaNames = Object.keys(defaultQuotas) as QuotaName[];

/** What holds for an app that has these settings. */
export function quotaOf(quotas: Quotas | undefined, name: QuotaName): number | null {
  return quotas?.[name] ?? defaultQuotas[name];
}
