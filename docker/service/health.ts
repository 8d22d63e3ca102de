/** The image's health check: 0 while the role makes progress, else 1 with what its page says. */
const url = `http://127.0.0.1:${process.env['LONGWIRE_OPS_PORT']}/health/live`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) fail(await response.text());
} catch (error) {
  fail((error as Error).message);
}

function fail(reason: string): void {
  process.stdout.write(`${reason.slice(0, 500)}\n`);
  process.exitCode = 1;
}
