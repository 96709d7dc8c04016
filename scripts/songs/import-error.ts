/** Why nothing can be imported, in words for the person who asked for it. */
export class ImportError extends Error {
  override name = 'ImportError'
}
