import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped, for the JSON report. */
    skipReason?: string;
  }
}

/**
 * Adds to the report why a test was skipped: what it said itself (`context.skip('needs Kafka: no java')`), or what stands
 * in parentheses at the end of a suite's title (`describe.skipIf(fault)('on Kafka (no java)')`). A test's own title may
 * end so for other reasons, so there it counts only as `(needs …)` or `(skipped: …)`.
 */
export default class SkipReasons implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const reason = reasonOf(test);
        if (reason) test.meta().skipReason = reason;
      }
    }
  }
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return result.note;
  for (let at: TestCase | TestSuite | TestModule = test; at.type !== 'module'; at = at.parent) {
    const pattern = at.type === 'suite' ? /\((.+)\)$/ : /\(((?:needs |skipped: ).+)\)$/;
    const reason = pattern.exec(at.name)?.[1];
    if (reason) return reason;
  }
  return undefined;
}
