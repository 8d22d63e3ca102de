import { type Operator, type Right, rightNames } from '../../common/protocol/operator-calls.ts';

/** One right for each app: the greatest that is named. */
export function greatestRights(rights: readonly Right[]): Right[] {
  const byApp = new Map<string, Right>();
  for (const one of rights) {
    const before = byApp.get(one.app);
    if (!before || rightNames.indexOf(before.right) < rightNames.indexOf(one.right)) byApp.set(one.app, one);
  }
  return [...byApp.values()];
}

/** Whether an operator can do everything now. */
export function isAdminOfAll({ rights, disabled }: Operator): boolean {
  return !disabled && rights.some(({ right, app }) => right === 'admin' && app === '*');
}
