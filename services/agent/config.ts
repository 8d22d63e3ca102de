import Type, { type Static, type TOptional, type TSchema } from 'typebox';
import { type AgentConfig, configKeys } from './config-keys.ts';

type Keys = {
  [Name in keyof AgentConfig]-?: undefined extends AgentConfig[Name] ? TOptional<TSchema> : TSchema;
};

/** The keys as a schema, as every role has one: for the documentation and for tests. The agent itself reads `configKeys`. */
export const Config = Type.Object(
  Object.fromEntries(
    Object.entries(configKeys).map(([name, { optional, ...key }]) => {
      const schema = Type.Unsafe(key);
      return [name, optional ? Type.Optional(schema) : schema];
    }),
  ) as unknown as Keys,
);
export type Config = Static<typeof Config>;
