import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { uniqueId } from '../../common/unique-id.ts';

export type Refusal = { refused: string | null };
export type Ask = (claims: QuotaClaim[]) => Promise<Refusal[]>;

/** Claims that were taken together with others: they are returned as parts. */
const taken = new WeakSet<QuotaClaim>();

/**
 * Takes claims of the same counters as one of their sum: all there usually is to a thousand pushes of an app. Where that would break a
 * limit each is asked for by itself, so that as many are taken as fit.
 */
export async function takeTogether(claims: QuotaClaim[], ask: Ask): Promise<Refusal[]> {
  const groups = [...Map.groupBy(claims, countersOf).values()];
  const first = await ask(groups.map(sumOf));
  const apart = groups.flatMap((group, index) => (group.length > 1 && first[index]!.refused !== null ? group : []));
  const second = apart.length > 0 ? await ask(apart) : [];
  const found = new Map<QuotaClaim, Refusal>(apart.map((claim, index) => [claim, second[index]!]));
  for (const [index, group] of groups.entries()) {
    for (const claim of group) {
      if (found.has(claim)) continue;
      found.set(claim, first[index]!);
      if (group.length > 1) taken.add(claim);
    }
  }
  return claims.map((claim) => found.get(claim)!);
}

/** A claim as it is returned. */
export function returnOf(claim: QuotaClaim): QuotaClaim & { part?: true } {
  return taken.has(claim) ? { ...claim, part: true } : claim;
}

function countersOf({ app, at, uses }: QuotaClaim): string {
  return `${app}\n${uses.map(({ name, limit, windowMs }) => `${name} ${limit} ${Math.floor(at / windowMs)}`).join('\n')}`;
}

function sumOf(group: QuotaClaim[]): QuotaClaim {
  const [first] = group;
  if (group.length === 1) return first!;
  const uses = first!.uses.map((use, index) => ({
    ...use,
    amount: group.reduce((sum, claim) => sum + claim.uses[index]!.amount, 0),
  }));
  return { ...first!, id: uniqueId(), uses };
}
