import type { Show } from '../../../contract/shows.ts'

/** Maximum length of a description in graphemes; messengers shorten it to this anyway. */
const maxDescriptionLength = 200
/** Picture of shows without a cover whose creator has none. It is a file of the web client. */
const defaultPicture = '/card.png'

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Escapes a text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => references[character] ?? '')
}

/**
 * Adds the tags that messengers and search engines read to the web client's page: Open Graph (https://ogp.me) and
 * Twitter cards. Everybody must be allowed to see the show.
 * @param publicUrl URL clients use to reach the server
 */
export function withLinkPreview(page: string, show: Show, publicUrl: string): string {
  const { id, title, creator, visibility, coverUrl } = show
  const picture = coverUrl ?? creator.avatarUrl
  const address = new URL(`/shows/${id}`, publicUrl).href
  const description = summary(show)
  const tags = [
    `<title>${escapeHtml(`${title} · Ambient`)}</title>`,
    meta('name', 'description', description),
    meta('name', 'author', creator.displayName),
    `<link rel="canonical" href="${escapeHtml(address)}">`,
    meta('property', 'og:site_name', 'Ambient'),
    meta('property', 'og:type', 'website'),
    meta('property', 'og:url', address),
    meta('property', 'og:title', title),
    meta('property', 'og:description', description),
    meta('property', 'og:image', new URL(picture ?? defaultPicture, publicUrl).href),
    meta('property', 'og:image:alt', coverUrl ? title : creator.avatarUrl ? creator.displayName : 'Ambient'),
    // The large card is for the wide default picture; a square is shown small beside the text.
    meta('name', 'twitter:card', picture ? 'summary' : 'summary_large_image'),
    ...(visibility === 'unlisted' ? [meta('name', 'robots', 'noindex')] : [])
  ]
  // Functions, because `$&` in a replacement string would have a special meaning.
  return page
    .replace(/\s*<title>[^<]*<\/title>/, () => '')
    .replace(/\s*<meta name="description"[^>]*>/, () => '')
    .replace('</head>', () => `  ${tags.join('\n    ')}\n  </head>`)
}

function meta(kind: 'name' | 'property', key: string, content: string): string {
  return `<meta ${kind}="${key}" content="${escapeHtml(content)}">`
}

function summary({ creator, description }: Show): string {
  const words = `A live audio show by ${creator.displayName}. ${description}`.replace(/\s+/g, ' ').trim()
  const graphemes = Array.from(segmenter.segment(words), ({ segment }) => segment)
  return graphemes.length <= maxDescriptionLength
    ? words
    : `${graphemes
        .slice(0, maxDescriptionLength - 1)
        .join('')
        .trimEnd()}…`
}
