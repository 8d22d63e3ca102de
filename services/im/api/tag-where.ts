import type { TagExpression } from '../../common/protocol/rest/tags.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';

/** An upstream's expression as user-mysql takes it. */
export function whereOf(expression: TagExpression): TagWhere {
  return expression.map(({ key, values, opt_type }) => ({ key, values, opt: opt_type }));
}
