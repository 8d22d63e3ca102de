import type { Audience, PushOrder } from '../../api/types.ts';

export type Kind = 'notification' | 'transmission';
export type AudienceKind = Audience['kind'];
type Rules = Extract<Audience, { kind: 'tag' }>['rules'];
type Message = PushOrder['message'];
export type ClickType = NonNullable<Message['notification']>['click_type'];

export interface Rule {
  id: number;
  key: Rules[number]['key'];
  operator: Rules[number]['opt_type'];
  values: string;
}

/** What the form holds: texts as they are typed. */
export interface Draft {
  kind: Kind;
  title: string;
  body: string;
  clickType: ClickType;
  url: string;
  intent: string;
  payload: string;
  transmission: string;
  audience: AudienceKind;
  cids: string;
  aliases: string;
  rules: Rule[];
  /** ms; -1: not kept. */
  ttl: string;
  when: 'now' | 'later';
  /** As the browser's field for local times has it. */
  at: string;
  speed: string;
  group: string;
}

export function emptyDraft(): Draft {
  return {
    kind: 'notification',
    ...{ title: '', body: '', clickType: 'startapp', url: '', intent: '', payload: '', transmission: '' },
    audience: 'cid',
    ...{ cids: '', aliases: '', rules: [newRule(1)] },
    ...{ ttl: '7200000', when: 'now', at: '', speed: '', group: '' },
  };
}

export function newRule(id: number): Rule {
  return { id, key: 'custom_tag', operator: 'or', values: '' };
}

/** Which field a click type needs; undefined: none. */
export const neededByClick: Partial<Record<ClickType, 'url' | 'intent' | 'payload'>> = {
  url: 'url',
  intent: 'intent',
  payload: 'payload',
  payload_custom: 'payload',
};

/** Words between commas, spaces and ends of lines, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,，;；、]+/).filter((word) => word !== ''))];
}

/** Values of a rule may hold spaces. */
function valuesOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[\n,，]+/)
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
  ];
}

/**
 * The order that a draft stands for. Nothing is checked, and what is empty is left out, so that a schema finds it missing: the
 * type says what a draft without faults is.
 */
export function orderOf(draft: Draft, requestId: string): PushOrder {
  const { speed, ttl, group, when, at } = draft;
  const schedule = when === 'later' ? Date.parse(at) : null;
  return {
    audience: audienceOf(draft),
    message: messageOf(draft),
    settings: {
      ttl: Number(ttl),
      ...(speed === '' || !takesSpeed(draft) ? {} : { speed: numberOf(speed) }),
    },
    ...(schedule === null ? {} : { schedule }),
    ...(group === '' ? {} : { group }),
    requestId,
  };
}

/** Only pushes to many devices are slowed down. */
export function takesSpeed({ audience }: Draft): boolean {
  return audience === 'tag' || audience === 'all';
}

function audienceOf({ audience, cids, aliases, rules }: Draft): Audience {
  switch (audience) {
    case 'cid':
      return { kind: 'cid', values: wordsOf(cids) };
    case 'alias':
      return { kind: 'alias', values: wordsOf(aliases) };
    case 'tag':
      return {
        kind: 'tag',
        rules: rules.map(({ key, operator, values }) => ({ key, values: valuesOf(values), opt_type: operator })),
      };
    case 'all':
      return { kind: 'all' };
  }
}

function messageOf(draft: Draft): Message {
  if (draft.kind === 'transmission') return { transmission: draft.transmission };
  const { title, body, clickType } = draft;
  const needed = neededByClick[clickType];
  return {
    notification: {
      title,
      body,
      click_type: clickType,
      ...(needed === undefined ? {} : { [needed]: draft[needed] }),
    },
  };
}

/** A text that is no number stays one, so that it is found at fault. */
function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
}
