const maxMarkupLength = 20_000

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Returns a text of HTML without its tags, and with its character references resolved. */
export function textOfHtml(html: string): string {
  return html
    .slice(0, maxMarkupLength)
    .replace(/<br\s*\/?>|<\/p>/giu, '\n')
    .replace(/<[^<>]*>/gu, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/giu, (whole, decimal, hex, name) => {
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole
      const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code).toWellFormed() : whole
    })
    .trim()
}

/**
 * Returns a text of Discogs without its markup: https://support.discogs.com/hc/en-us/articles/360005006654. References
 * such as `[a123]` name an entry by its number only; `names` has those that are known, the others become an ellipsis.
 * @param names names by kind and number, such as `a123`
 */
export function textOfDiscogs(markup: string, names: ReadonlyMap<string, string> = new Map()): string {
  return markup
    .slice(0, maxMarkupLength)
    .replace(/\r\n?/gu, '\n')
    .replace(/\[url=([^\][]*)\]([^[]*)\[\/url\]/giu, (_, address, label) => String(label).trim() || String(address))
    .replace(/\[\/?(?:b|i|u|s|url|quote|list|\*)\]/giu, '')
    .replace(/\[([almrg])=?(\d+)\]/giu, (_, kind, id) => names.get(`${String(kind).toLowerCase()}${String(id)}`) ?? '…')
    .replace(/\[([almrg])=([^\][]+)\]/giu, (_, _kind, name) => nameOfDiscogs(String(name)))
    .trim()
}

/** Returns a name without the number by which Discogs tells people of the same name apart, such as `Artist (2)`. */
export function nameOfDiscogs(name: string): string {
  return name
    .replace(/\s+\(\d{1,4}\)$/u, '')
    .replace(/\*$/u, '')
    .trim()
}
