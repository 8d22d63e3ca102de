import type { Click, VendorMessage } from '../vendor-message.ts';

export function vendorMessage(more: Partial<VendorMessage> = {}): VendorMessage {
  return {
    ...{ id: 'RASS_1.m1', task: 'RASS_1', title: 'Your order', body: 'It is on its way', click: { is: 'app' } },
    ...{ ttl: 3_600, exp: 4_600_000, level: 3, collapseId: 'c0llapse', options: {} },
    data: { lw_id: 'RASS_1.m1', lw_task: 'RASS_1' },
    ...more,
  };
}

const characters = [
  'a',
  'é',
  '字',
  '😀',
  '👩‍👩‍👧‍👦',
  '\u0001',
  '"',
  '\\',
  '\n',
  ' ',
  '\ud83d',
  '\ude00',
  '&',
  '%',
  '+',
  'ế',
];

/** A message at random, each field of it up to its bound; texts of anything that a text may have, half a surrogate pair too. */
export function randomMessage(random: () => number): VendorMessage {
  const upTo = (max: number): number => Math.floor(random() * (max + 1));
  const text = (max: number): string => {
    const one = random() < 0.3 ? characters[upTo(characters.length - 1)] : undefined;
    const made = Array.from({ length: upTo(max) }, () => one ?? characters[upTo(characters.length - 1)]!).join('');
    return random() < 0.05 ? ' '.repeat(max) : made.slice(0, max);
  };
  const maybe = <Value>(make: () => Value): Value | undefined => (random() < 0.5 ? make() : undefined);
  const clicks: (() => Click)[] = [
    () => ({ is: 'app' }),
    () => ({ is: 'none' }),
    () => ({ is: 'payload' }),
    () => ({ is: 'url', url: `${random() < 0.7 ? 'https://' : 'http://'}shop.example/${text(1_000)}` }),
    () => ({ is: 'intent', intent: `intent:#Intent;S.x=${text(4_000)};end` }),
  ];
  const optional = {
    payload: maybe(() => text(3_072)),
    channelId: maybe(() => `c${upTo(99)}`),
    logoUrl: maybe(() => `https://img.example/${text(236)}`),
    badgeAdd: maybe(() => upTo(2_147_483_647)),
    notifyId: maybe(() => upTo(2_147_483_647)),
  };
  return vendorMessage({
    title: text(50),
    body: text(256),
    click: clicks[upTo(clicks.length - 1)]!(),
    ttl: 1 + upTo(259_199),
    level: upTo(4),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  });
}
