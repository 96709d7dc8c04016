/** The embedded store: MongoDB's wire protocol over one SQLite file. README.md describes it. */
export { DirectReadError } from './direct/direct-reader.ts'
export { EmbeddedStoreError } from './errors.ts'
export { runningStoreUrl, startEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './start.ts'
export { storeFileName } from './store/database.ts'
