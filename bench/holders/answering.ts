import type { Answer, Question } from './holder.ts';

export interface Held {
  port: number;
  connections(): number;
  /** Resolves when every connection has answered a ping. */
  ping(): Promise<void>;
  logins?(from: number, count: number): object[];
  write?(text: string, times: number): void;
}

/** Lets the parent process ask what is held here, one question after another. */
export function answerParent(held: Held): void {
  const say = (more: Partial<Answer>): void => {
    process.send!({ connections: held.connections(), port: held.port, ...more } satisfies Answer);
  };
  process.on('message', (question: Question) => {
    answerTo(question, held).then(say, (error: unknown) => {
      throw error;
    });
  });
  process.on('disconnect', () => process.exit());
  say({});
}

async function answerTo(question: Question, held: Held): Promise<Partial<Answer>> {
  switch (question.do) {
    case 'count':
      return {};
    case 'memory':
      return memory();
    case 'ping': {
      const before = process.cpuUsage();
      await held.ping();
      const { user, system } = process.cpuUsage(before);
      return { pingUs: user + system };
    }
    case 'logins':
      return { logins: held.logins?.(question.from, question.count) ?? [] };
    case 'write':
      held.write?.(question.text, question.times);
      return {};
  }
}

function memory(): Partial<Answer> {
  if (globalThis.gc === undefined) throw new Error('needs --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss };
}
