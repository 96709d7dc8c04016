/** An error that the user can fix. Only its message is printed, which says what is wrong and what to do. */
export class SetupError extends Error {
  override name = 'SetupError'
}
