import Type from 'typebox';
import { maxRights, Operator, OperatorId, OperatorName, Right } from '../../common/protocol/operator-calls.ts';
import { endpoint } from './endpoint.ts';
import { pageOf, pageQuery } from './lists.ts';

export { Operator, Right, type RightName, rightNames } from '../../common/protocol/operator-calls.ts';

const Rights = Type.Array(Right, { maxItems: maxRights, description: 'Which rights, each of one app or of all (`*`)' });
const id = Type.Object({ id: OperatorId });
/** Shown this once. */
const Password = Type.String({ description: 'Shown this once; to be changed at the first sign-in' });
const exampleId = '1';

/** Accounts of operators: for admins of all apps. */
export const operatorsCalls = {
  listOperators: endpoint({
    method: 'GET',
    path: '/operators',
    summary: 'Operators, in the order of their ids',
    needs: 'admin of all',
    query: Type.Object(pageQuery),
    answer: pageOf(Operator),
    example: { query: {} },
  }),
  createOperator: endpoint({
    method: 'POST',
    path: '/operators',
    summary: 'Makes an operator with a password of one time',
    needs: 'admin of all',
    body: Type.Object({ name: OperatorName, rights: Rights }),
    answer: Type.Object({ operator: Operator, password: Password }),
    example: { body: { name: 'alice', rights: [{ right: 'viewer', app: '*' }] } },
  }),
  changeOperator: endpoint({
    method: 'PATCH',
    path: '/operators/:id',
    summary: 'Changes rights, or disables an operator, which ends all sessions',
    needs: 'admin of all',
    params: id,
    body: Type.Object({ rights: Type.Optional(Rights), disabled: Type.Optional(Type.Boolean()) }),
    answer: Operator,
    example: { params: { id: exampleId }, body: { disabled: true } },
  }),
  resetPassword: endpoint({
    method: 'POST',
    path: '/operators/:id/password',
    summary: 'Gives an operator a new password of one time, which ends all sessions and a lock',
    needs: 'admin of all',
    params: id,
    answer: Type.Object({ password: Password }),
    example: { params: { id: exampleId } },
  }),
};
