import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { uniqueId } from '../../common/unique-id.ts';

export type Refusal = { refused: string | null };
export type Ask = (claims: QuotaClaim[]) => Promise<Refusal[]>;

/** A claim, and whether it was taken together with others: then it is returned as a part of theirs. */
export type TakenClaim = QuotaClaim & { part?: true };

/**
 * Takes claims of the same counters as one of their sum: all there usually is to a thousand pushes of an app. Where that would break a
 * limit each is asked for by itself, so that as many are taken as fit.
 */
export async function takeTogether(claims: TakenClaim[], ask: Ask): Promise<Refusal[]> {
  const groups = groupsOf(claims);
  const first = await ask(groups.map((group) => sumOf(group.map((index) => claims[index]!))));
  const answers = new Array<Refusal>(claims.length);
  const apart: number[] = [];
  for (const [place, group] of groups.entries()) {
    const answer = first[place]!;
    const together = group.length > 1;
    for (const index of group) {
      if (together && answer.refused !== null) apart.push(index);
      else answers[index] = answer;
      if (together && answer.refused === null) claims[index]!.part = true;
    }
  }
  const second = apart.length > 0 ? await ask(apart.map((index) => claims[index]!)) : [];
  for (const [place, index] of apart.entries()) answers[index] = second[place]!;
  return answers;
}

/** Where the claims of the same counters stand. Those of one app are compared with each other: they have few kinds of counters. */
function groupsOf(claims: QuotaClaim[]): number[][] {
  const groups: number[][] = [];
  const byApp = new Map<string, number[][]>();
  for (const [index, claim] of claims.entries()) {
    const own = byApp.get(claim.app) ?? [];
    if (own.length === 0) byApp.set(claim.app, own);
    const group = own.find(([first]) => haveSameCounters(claims[first!]!, claim));
    if (group) group.push(index);
    else {
      const alone = [index];
      own.push(alone);
      groups.push(alone);
    }
  }
  return groups;
}

function haveSameCounters(left: QuotaClaim, right: QuotaClaim): boolean {
  return (
    left.uses.length === right.uses.length &&
    left.uses.every(({ name, limit, windowMs }, index) => {
      const other = right.uses[index]!;
      const isSameWindow = Math.floor(left.at / windowMs) === Math.floor(right.at / other.windowMs);
      return name === other.name && limit === other.limit && windowMs === other.windowMs && isSameWindow;
    })
  );
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
