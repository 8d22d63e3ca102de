import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configurationPage } from './configuration-tables.ts';

/** `node scripts/docs/configuration.ts`: writes the tables of docs/configuration.md from the services' schemas. */
const root = resolve(import.meta.dirname, '../..');
writeFileSync(join(root, 'docs/configuration.md'), await configurationPage(root));
