/** The single-key shortcuts of a live show, with what they do, for the list that people open. */
export const shortcuts = [
  { key: 'm', text: 'Mute or unmute yourself on stage, or pause or resume the sound as a listener' },
  { key: 'c', text: 'Write a comment' },
  { key: 'r', text: 'Open or close reactions' },
  { key: 'v', text: 'Open or close the volume' },
  { key: 's', text: 'Go to the buttons for speaking' },
  { key: '?', text: 'Open this list' }
] as const

export type ShortcutKey = (typeof shortcuts)[number]['key']

/** Elements that use the keys themselves. */
const typing =
  'input, textarea, select, [contenteditable], [role=slider], [role=tab], [role=menu], [role=listbox], [role=dialog], ' +
  '[role=alertdialog]'

/**
 * Returns the shortcut that a key press means. Returns null while the person types, with modifier keys, for a key that
 * is held down, and while a dialog is open.
 */
export function shortcutOf(event: KeyboardEvent): ShortcutKey | null {
  const { target, altKey, ctrlKey, metaKey, shiftKey, repeat, isComposing, defaultPrevented } = event
  if (altKey || ctrlKey || metaKey || repeat || isComposing || defaultPrevented) return null
  if (target instanceof Element && target.closest(typing)) return null
  if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return null
  const found = shortcuts.find(({ key }) => key === event.key)
  // A keyboard may need Shift for a question mark.
  return found && (!shiftKey || found.key === '?') ? found.key : null
}
