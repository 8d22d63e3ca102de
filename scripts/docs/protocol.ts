import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../conformance/rules.ts';
import { protocolPage } from './protocol-page.ts';

/** Writes the table of rules in docs/protocol.md. */
const file = join(import.meta.dirname, '../../docs/protocol.md');
writeFileSync(file, protocolPage(readFileSync(file, 'utf8'), rules));
