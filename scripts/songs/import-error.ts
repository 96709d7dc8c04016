/** Explains to the operator why songs cannot be imported. */
export class ImportError extends Error {
  override name = 'ImportError'
}
