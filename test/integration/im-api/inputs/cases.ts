import { example } from '../../../../services/common/protocol/rest/examples.ts';
import type { Endpoint } from '../../../../services/im/api/endpoint.ts';
import { foreign, type Given, numbered } from './examples.ts';
import { type Place, placesOf, put, type Shape, valueAt } from './places.ts';

/** One request that differs from a right one in one parameter. */
export interface Case {
  call: string;
  parameter: string;
  what: string;
  given: Given;
  /** The `msg` of the answer. */
  msg: string;
}

/** A value for a parameter, and what is answered to it. */
type Try = [what: string, value: unknown, fault?: 'empty' | 'type' | 'limit' | 'invalid'];

const faults = { empty: 'can not be empty', type: 'type error', limit: 'size over limit', invalid: 'is invalid' };
const beyondBasicPlane = '\u{1F600}';

/** What the schemas of a call say of its parameters, as requests; they know nothing of rules that span fields. */
export function casesOf(endpoint: Endpoint): Case[] {
  return placesOf(endpoint).flatMap((place) =>
    triesOf(place).map(([what, value, fault]) => ({
      call: endpoint.name,
      parameter: place.name,
      what,
      given: put(place, place.base, value),
      msg: fault === undefined ? 'success' : `${place.name} ${faults[fault]}`,
    })),
  );
}

function triesOf(place: Place): Try[] {
  const { shape } = place;
  const types = [shape.type].flat();
  const tries = place.part === 'body' ? [...absence(place), ...wrongTypes(place)] : [];
  if (types.includes('string')) tries.push(...texts(place));
  if (shape.type === 'integer') tries.push(...integers(shape));
  if (shape.type === 'array') tries.push(...arrays(place));
  if (shape.properties && place.part === 'body') {
    tries.push(['with a field that nobody knows', { ...(valueAt(place, place.base) as object), nobody: { knows: 1 } }]);
  }
  return [...tries, ...strangers(place)];
}

function absence({ path, required }: Place): Try[] {
  if (typeof path.at(-1) === 'number') return [['null', null, 'type']];
  const fault = required ? 'empty' : undefined;
  return [
    ['missing', undefined, fault],
    ['null', null, fault],
  ];
}

function wrongTypes({ shape }: Place): Try[] {
  const types = [shape.type].flat();
  const values: [string, unknown][] = [
    ['string', 'text'],
    ['integer', 7],
    ['number', 1.5],
    ['boolean', true],
    ['object', {}],
    ['array', []],
  ];
  const other = values.filter(([type]) => !types.includes(type));
  return other.map(([type, value]) => [`of type ${type}`, value, shape.type === undefined ? 'invalid' : 'type']);
}

function texts({ part, shape }: Place): Try[] {
  const { minLength = 0, maxLength, pattern } = shape;
  const fits = (text: string): boolean => pattern === undefined || new RegExp(pattern, 'u').test(text);
  const tries: Try[] = [];
  if (part === 'body' && (minLength > 0 || !fits(''))) tries.push(['empty', '', 'empty']);
  if (minLength > 1) tries.push(['too short by one', 'a'.repeat(minLength - 1), 'invalid']);
  if (minLength > 1) tries.push(['as short as it may be', 'a'.repeat(minLength)]);
  if (maxLength !== undefined) {
    tries.push(['too long by one', 'a'.repeat(maxLength + 1), 'limit']);
    if (fits('a'.repeat(maxLength))) tries.push(['as long as it may be', 'a'.repeat(maxLength)]);
    if (fits(beyondBasicPlane)) tries.push(['as long, in emoji', beyondBasicPlane.repeat(maxLength)]);
    if (fits(beyondBasicPlane)) tries.push(['too long, in emoji', beyondBasicPlane.repeat(maxLength + 1), 'limit']);
  }
  if (!fits('!')) tries.push(['of another shape', '!', 'invalid']);
  for (const word of shape.enum ?? []) tries.push([`the word ${word}`, word]);
  if (shape.enum) tries.push(['another word', 'nobody-knows', 'invalid']);
  return tries;
}

function integers({ minimum, maximum }: Shape): Try[] {
  const tries: Try[] = [];
  if (minimum !== undefined) {
    tries.push(
      ['the least', minimum],
      ['the least, as text', String(minimum)],
      ['too small by one', minimum - 1, 'invalid'],
    );
  }
  if (maximum !== undefined) tries.push(['the most', maximum], ['too large by one', maximum + 1, 'invalid']);
  return tries;
}

function arrays(place: Place): Try[] {
  const { minItems = 0, maxItems } = place.shape;
  const [item] = valueAt(place, place.base) as unknown[];
  const items = (count: number): unknown[] => Array.from({ length: count }, (_none, index) => another(item, index));
  const tries: Try[] = [];
  if (minItems > 0) tries.push(['an empty list', place.part === 'params' ? [','] : [], 'empty']);
  if (maxItems !== undefined)
    tries.push(['too many by one', items(maxItems + 1), 'limit'], ['the most', items(maxItems)]);
  if (maxItems === undefined || maxItems > 1) tries.push(['the same twice', [item, item]]);
  return tries;
}

/** The same with other ids. */
function another(value: unknown, number: number): unknown {
  const ids = [example.cid, example.alias, example.requestId];
  const text = ids.reduce((done, id) => done.replaceAll(id, numbered(id, number)), JSON.stringify(value));
  return JSON.parse(text);
}

/** Ids that are no ids, and ids of another app. */
function strangers({ name, shape }: Place): Try[] {
  const kind = /(?:^|[._])(cid|task_?id)(?:\[0\])?$/.exec(name)?.[1];
  if (kind === undefined || (shape.type === 'array' && shape.maxItems === 1)) return [];
  const one = kind === 'cid' ? foreign.cid : foreign.task;
  const list = (id: string): unknown => (shape.type === 'array' ? [id] : id);
  return [
    ["another app's", list(one), 'invalid'],
    ["nobody's", list('nobody'), 'invalid'],
  ];
}
