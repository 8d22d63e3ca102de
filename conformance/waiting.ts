import { Broken } from './check.ts';

/** Lets checks wait for a condition of something that happens, within a deadline and without asking over and over. */
export class Waiting {
  #looks = new Set<() => void>();

  /** Something has happened: whoever waits looks again. */
  changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** Resolves with what `found` answers, once that is neither undefined nor false. @throws Broken `WHAT: not within N ms` and what `seen` says */
  until<Found>(
    what: string,
    found: () => Found | undefined | false,
    limitMs: number,
    seen?: () => string,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#looks.delete(look);
        clearTimeout(timer);
      };
      const look = (): void => {
        try {
          const value = found();
          if (value === undefined || value === false) return;
          end();
          resolve(value);
        } catch (error) {
          end();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        end();
        const also = seen?.();
        reject(new Broken(`${what}: not within ${limitMs} ms${also === undefined ? '' : `; ${also}`}`));
      }, limitMs);
      this.#looks.add(look);
      look();
    });
  }
}
