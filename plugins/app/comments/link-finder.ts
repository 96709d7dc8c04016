import { find } from 'linkifyjs'

/**
 * Whether a text has the address of a web page, also one without `https://`. Only the words that may be one are read, so
 * that ordinary text costs nothing.
 */
export function hasLink(text: string): boolean {
  return text.split(/\s+/u).some(word => /[.:]./u.test(word) && find(word, 'url').length > 0)
}
