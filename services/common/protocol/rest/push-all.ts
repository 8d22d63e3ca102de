import Type from 'typebox';
import { word } from './fields.ts';
import { pushed } from './push.ts';

export const AllPushBody = Type.Object({
  ...pushed,
  audience: word(['all'], { description: 'Every device of the app' }),
});
