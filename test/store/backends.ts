/** The embedded store, and the server of MONGODB_TEST_URL if there is one, for tests of what uses a store. */
export { codeOf, onEachBackend, startScratchStore, type Thing } from '../../plugins/embedded/test/backends.ts'
