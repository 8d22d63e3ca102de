import { Compile } from 'typebox/compile';
import { Cid } from '../../common/protocol/ids.ts';
import type { ApiContext } from './context.ts';
import { invalidTarget } from './faults.ts';

const cidShape = Compile(Cid);

/** Whether a text is a cid of this app's, by its signature alone. */
export function isOwnCid(context: ApiContext, app: string, cid: string): boolean {
  return cidShape.Check(cid) && context.deps.identity.ownsCid(app, cid);
}

/** @throws ApiFault `parameter` unless all are cids of this app's. */
export function checkOwnCids(context: ApiContext, app: string, cids: string[]): void {
  if (!cids.every((cid) => isOwnCid(context, app, cid))) throw invalidTarget();
}
