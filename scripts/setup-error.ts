/** Something the person at the terminal can mend: the message says what is wrong and what to do, and is all that is printed. */
export class SetupError extends Error {
  override name = 'SetupError'
}
