/** Returns a text without case and accents, so that `joao` finds `João`. */
export function searchable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
