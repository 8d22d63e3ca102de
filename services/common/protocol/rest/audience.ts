import Type from 'typebox';
import { GivenCid, RestAlias } from './fields.ts';

export const OneCid = Type.Object({ cid: Type.Array(GivenCid, { minItems: 1, maxItems: 1 }) });
export const OneAlias = Type.Object({ alias: Type.Array(RestAlias, { minItems: 1, maxItems: 1 }) });
