import { useEffect, useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { asCallError, type CallError } from '../../api/errors.ts';
import { useClient } from '../../api/session.tsx';
import type { PushCheck, PushOrder } from '../../api/types.ts';

export interface Checked {
  /** Of the order as it is; undefined while that is being checked. */
  answer: PushCheck | undefined;
  error: CallError | undefined;
}

/** After the last key. */
const waitMs = 500;

/** The dry run of an order without faults, made when typing pauses. */
export function usePushCheck(app: string, order: PushOrder | undefined): Checked {
  const client = useClient();
  const [checked, setChecked] = useState<Checked>({ answer: undefined, error: undefined });
  useEffect(() => {
    setChecked({ answer: undefined, error: undefined });
    if (order === undefined) return;
    let gone = false;
    const timer = setTimeout(() => {
      client.call<PushCheck>('POST', `${pathOf('apps', app)}/pushes/check`, { body: order }).then(
        (answer) => !gone && setChecked({ answer, error: undefined }),
        (error) => !gone && setChecked({ answer: undefined, error: asCallError(error) }),
      );
    }, waitMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client, app, order]);
  return checked;
}
