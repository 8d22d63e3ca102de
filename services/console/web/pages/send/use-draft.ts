import { useCallback, useMemo, useRef, useState } from 'react';
import type { PushOrder } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { type Faults, faultsOf } from './check.ts';
import { type Draft, emptyDraft, orderOf } from './draft.ts';
import { faultText } from './fault-text.ts';
import { newRequestId } from './request-id.ts';

export interface DraftForm {
  draft: Draft;
  order: PushOrder;
  faults: Faults;
  set(changes: Partial<Draft>): void;
  /** What to say at a field: nothing before it was touched or all was asked for. */
  faultAt(field: string): string | undefined;
  touch(field: string): void;
  /** From now on every fault is shown. */
  showAll(): void;
  /** The same message, as another push. */
  renew(): void;
}

/** The form's state. A push keeps its name until it is accepted, so that one that is sent twice is one. */
export function useDraft(begin: Partial<Draft>): DraftForm {
  const { t, f } = useWords();
  const [draft, setDraft] = useState<Draft>(() => ({ ...emptyDraft(), ...begin }));
  const [requestId, setRequestId] = useState(newRequestId);
  const [all, setAll] = useState(false);
  const [, setTouches] = useState(0);
  const touched = useRef(new Set<string>());
  const order = useMemo(() => orderOf(draft, requestId), [draft, requestId]);
  const faults = useMemo(() => faultsOf(order, Date.now()), [order]);
  const set = useCallback((changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes })), []);
  return {
    draft,
    order,
    faults,
    set,
    faultAt(field) {
      const fault = faults.get(field);
      if (fault === undefined || (!all && !touched.current.has(field))) return undefined;
      return faultText(fault, t, f);
    },
    touch(field) {
      if (touched.current.has(field)) return;
      touched.current.add(field);
      setTouches((count) => count + 1);
    },
    showAll: () => setAll(true),
    renew() {
      setRequestId(newRequestId());
      setAll(false);
    },
  };
}
