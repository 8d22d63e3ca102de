import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OptionError } from '../core/option-error.ts';
import type { LoadOptions } from '../core/options.ts';
import type { Report } from '../core/report.ts';
import { reportPage } from '../core/report-page.ts';

/** In place of a file for `--json`: a line after the summary. */
const standardOutput = '-';

/** Before a long load, not after it. @throws OptionError for a folder that can't be written to */
export function checkReportFiles({ json, html }: Pick<LoadOptions, 'json' | 'html'>): void {
  for (const [name, file] of Object.entries({ json, html })) {
    if (file === undefined || file === standardOutput) continue;
    try {
      accessSync(dirname(file), constants.W_OK);
    } catch {
      throw new OptionError(
        `--${name} ${file}: its folder can't be written to; allowed is a file in a folder that is there`,
      );
    }
  }
}

export function writeReportFiles(report: Report, { json, html }: Pick<LoadOptions, 'json' | 'html'>): void {
  if (json === standardOutput) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (html !== undefined) writeFileSync(html, reportPage(report));
}
