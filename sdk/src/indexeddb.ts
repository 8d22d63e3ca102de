export { indexedDbStorage } from './edges/indexed-db-storage.ts';
