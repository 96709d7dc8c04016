import type { Show } from '../../../contract/shows.ts'

/** What messengers cut a description to anyway. */
const longestDescription = 200
/** Shown where the host has no picture of their own; it comes with the web client. */
const ownPicture = '/card.png'

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A text as it may stand in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => references[character] ?? '')
}

/**
 * The web client's page with what messengers and search engines read of a show: Open Graph (https://ogp.me) and Twitter's cards.
 * The show must be one that anybody with its address may see.
 * @param publicUrl where people reach the server
 */
export function withLinkPreview(page: string, show: Show, publicUrl: string): string {
  const { id, title, creator, visibility } = show
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
    meta('property', 'og:image', new URL(creator.avatarUrl ?? ownPicture, publicUrl).href),
    meta('property', 'og:image:alt', creator.avatarUrl ? creator.displayName : 'Ambient'),
    // The wide card is for the wide picture; a portrait stands small beside the text.
    meta('name', 'twitter:card', creator.avatarUrl ? 'summary' : 'summary_large_image'),
    ...(visibility === 'unlisted' ? [meta('name', 'robots', 'noindex')] : [])
  ]
  // Functions, because a replacement string would give `$&` in a title a meaning.
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
  return graphemes.length <= longestDescription
    ? words
    : `${graphemes
        .slice(0, longestDescription - 1)
        .join('')
        .trimEnd()}…`
}
