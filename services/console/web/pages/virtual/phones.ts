import type { Sign } from '../../../../../sdk/src/index.ts';
import { type PhoneView, VirtualPhone } from './phone.ts';

/** Phones of one app at once. */
export const maxPhones = 6;

export interface Phones {
  /** The very same list until one of them changes. */
  views(app: string): readonly PhoneView[];
  of(app: string, slot: number): VirtualPhone | undefined;
  add(app: string, url: string, sign: Sign): void;
  remove(app: string, slot: number): void;
  subscribe(changed: () => void): () => void;
}

const none: readonly PhoneView[] = [];

/** All phones of this tab. They live on while other pages are looked at. */
function createPhones(): Phones {
  const byApp = new Map<string, VirtualPhone[]>();
  const shown = new Map<string, readonly PhoneView[]>();
  const subscribers = new Set<() => void>();
  const changed = (app: string): void => {
    shown.set(
      app,
      (byApp.get(app) ?? []).map((phone) => phone.view),
    );
    for (const tell of subscribers) tell();
  };
  return {
    views: (app) => shown.get(app) ?? none,
    of: (app, slot) => byApp.get(app)?.find((phone) => phone.view.slot === slot),
    add(app, url, sign) {
      const there = byApp.get(app) ?? [];
      if (there.length >= maxPhones) return;
      const used = new Set(there.map((phone) => phone.view.slot));
      const slot = Array.from({ length: maxPhones }, (_, index) => index + 1).find((one) => !used.has(one))!;
      byApp.set(app, [...there, new VirtualPhone({ app, slot, url, sign, onChange: () => changed(app) })]);
      changed(app);
    },
    remove(app, slot) {
      const there = byApp.get(app) ?? [];
      for (const phone of there) if (phone.view.slot === slot) phone.close();
      byApp.set(
        app,
        there.filter((phone) => phone.view.slot !== slot),
      );
      changed(app);
    },
    subscribe(tell) {
      subscribers.add(tell);
      return () => subscribers.delete(tell);
    },
  };
}

export const phones = createPhones();
