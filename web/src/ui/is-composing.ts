/** The key code of a key that an input method handles: https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode */
const handledByInputMethod = 229

/**
 * Whether a key belongs to the composition of a text, as in Japanese: its Enter accepts a word, and its Escape rejects
 * one. Safari ends the composition before it reports the key, so that only the key code tells.
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === handledByInputMethod
}
