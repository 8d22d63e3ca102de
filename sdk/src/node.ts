export { fileStorage } from './edges/file-storage.ts';
