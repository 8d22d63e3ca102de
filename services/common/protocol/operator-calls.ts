import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { TimeMs } from './ids.ts';

/** Each holds the ones before it. */
export const rightNames = ['viewer', 'sender', 'admin'] as const;
export type RightName = (typeof rightNames)[number];

/** Rights of one operator at the most. */
export const maxRights = 200;
/** Operators that one answer lists at the most. */
export const maxListedOperators = 200;
/** Sessions of one operator at the most: the oldest ends for a new one. */
export const maxSessions = 10;

/** A right of one app, or of all: `*`. */
export const Right = Type.Object({
  right: Type.Enum([...rightNames]),
  app: Type.String({ pattern: '^(\\*|[A-Za-z0-9_-]{1,64})$', description: 'An app, or * for all' }),
});
export type Right = Static<typeof Right>;

export const OperatorId = Type.String({ pattern: '^[1-9][0-9]{0,15}$' });
export const OperatorName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$',
  description: 'Letters, digits and . _ @ + -; begins with a letter or digit',
});

/** An account of the console. */
export const Operator = Type.Object({
  id: OperatorId,
  name: OperatorName,
  /** One for each app at the most. */
  rights: Type.Array(Right),
  disabled: Type.Boolean(),
  createdAt: TimeMs,
  lastSignInAt: Type.Union([TimeMs, Type.Null()]),
  /** Who says who it is. */
  source: Type.Enum(['password', 'oidc']),
});
export type Operator = Static<typeof Operator>;

/** SHA-256, hex. */
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const PasswordHash = Type.String({ pattern: '^\\$argon2id\\$[\\x21-\\x7e]{20,240}$' });
const Rights = Type.Array(Right, { maxItems: maxRights });
const Address = Type.String({ maxLength: 64, pattern: '^[\\x20-\\x7e]*$' });
const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const found = Type.Object({ operator: orNull(Operator) });

/** Calls of user-mysql for the accounts of the console. */
export const operatorCalls = {
  /** Operators in the order of their ids, after the id given. */
  listOperators: call(
    Type.Object({
      after: orNull(OperatorId),
      limit: Type.Integer({ minimum: 1, maximum: maxListedOperators }),
    }),
    Type.Object({ operators: Type.Array(Operator) }),
  ),
  /**
   * Adds an operator with a password. The same again answers what is there.
   *
   * @throws LongwireError `conflict` with `field` = `name` if another one has the name.
   */
  createOperator: call(
    Type.Object({ name: OperatorName, passwordHash: PasswordHash, mustChange: Type.Boolean(), rights: Rights }),
    Type.Object({ operator: Operator }),
  ),
  /**
   * Adds the first operator, an admin of all apps, if there is none yet. Answers the operator that has this name and this very
   * password, whether this call made it or an earlier one; null: there are others.
   */
  createFirstOperator: call(
    Type.Object({ name: OperatorName, passwordHash: PasswordHash, mustChange: Type.Boolean() }),
    found,
  ),
  /**
   * Changes what is named; to be disabled ends all sessions. Null: there is none.
   *
   * @throws LongwireError `conflict` if nobody would be left who is an admin of all apps.
   */
  changeOperator: call(
    Type.Object({ id: OperatorId, rights: Type.Optional(Rights), disabled: Type.Optional(Type.Boolean()) }),
    found,
  ),
  /**
   * Gives an operator another password, and ends all sessions but the one named and the lock of the name. Null: there is none
   * that has a password.
   */
  setOperatorPassword: call(
    Type.Object({ id: OperatorId, passwordHash: PasswordHash, mustChange: Type.Boolean(), keep: orNull(Digest) }),
    found,
  ),
  /**
   * Counts a try to sign in, and answers what to check it with: nothing while name or address is locked, which is so after
   * `maxTries` tries (`core/sign-in-lock.ts`). Names that nobody has are counted and locked in the same way.
   */
  beginSignIn: call(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 64 }),
      /** Null: this address is not counted. */
      address: orNull(Address),
      /** Names this try: the same one again isn't counted again. */
      attempt: Type.String({ minLength: 8, maxLength: 64 }),
    }),
    Type.Object({
      locked: orNull(Type.Object({ by: Type.Enum(['name', 'address']), until: TimeMs })),
      operator: orNull(Operator),
      passwordHash: orNull(Type.String()),
    }),
  ),
  /** A session of an operator who has proven who he is: name and address are as if there had been no tries before. Null: there is no such operator, or it is disabled. */
  openSession: call(
    Type.Object({
      id: OperatorId,
      tokenHash: Digest,
      /** How long it lasts. */
      lastsMs: Type.Integer({ minimum: 1_000, maximum: 30 * 86_400_000 }),
      address: Address,
      /** As in `beginSignIn`; null where that was not asked. */
      countedAddress: orNull(Address),
    }),
    Type.Object({ operator: orNull(Operator), mustChange: Type.Boolean(), expiresAt: TimeMs }),
  ),
  /** Who is signed in; null: the session is over, or was idle for `idleMs`. It counts as a use. */
  findSession: call(
    Type.Object({ tokenHash: Digest, idleMs: Type.Integer({ minimum: 1_000 }) }),
    Type.Object({
      session: orNull(Type.Object({ operator: Operator, mustChange: Type.Boolean(), expiresAt: TimeMs })),
    }),
    1_500,
  ),
  closeSession: call(Type.Object({ tokenHash: Digest }), Type.Object({})),
  /**
   * The operator whom an identity provider knows by `subject`, with these rights from now on; added if there is none.
   *
   * @throws LongwireError `conflict` with `field` = `name` if another operator has the name.
   */
  putOidcOperator: call(
    Type.Object({ subject: Digest, name: OperatorName, rights: Rights }),
    Type.Object({ operator: Operator }),
  ),
};
