import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { endpoints } from '../../services/im/api/endpoints.ts';
import { apiPage } from './api-page.ts';

/** `node scripts/docs/api.ts`: writes what docs/api.md says of each call from its declaration. */
const page = resolve(import.meta.dirname, '../../docs/api.md');
writeFileSync(page, apiPage(readFileSync(page, 'utf8'), endpoints));
