/** A channel of episodes. URLs are absolute. */
export interface RssChannel {
  readonly title: string
  readonly description: string
  readonly author: string
  readonly link: string
  readonly feedUrl: string
  readonly imageUrl: string | null
  readonly episodes: readonly RssEpisode[]
}

export interface RssEpisode {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly link: string
  readonly publishedAt: Date
  readonly durationMs: number
  readonly audioUrl: string
  readonly audioBytes: number
  readonly chaptersUrl: string
  readonly captionsUrl: string | null
  readonly imageUrl: string | null
}

/**
 * Returns a podcast feed: RSS 2.0 (https://www.rssboard.org/rss-specification) with the namespaces of iTunes and of
 * podcasts (https://podcasting2.org/docs/podcast-namespace).
 */
export function rssOf(channel: RssChannel): string {
  const { title, description, author, link, feedUrl, imageUrl, episodes } = channel
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    '  xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom">',
    '<channel>',
    element('title', title),
    element('link', link),
    element('description', htmlOf(description)),
    empty('atom:link', { href: feedUrl, rel: 'self', type: 'application/rss+xml' }),
    element('generator', 'Ambient'),
    element('itunes:author', author),
    element('itunes:type', 'episodic'),
    ...(imageUrl === null ? [] : [empty('itunes:image', { href: imageUrl })]),
    ...episodes.map(item),
    '</channel>',
    '</rss>',
    ''
  ].join('\n')
}

function item(episode: RssEpisode): string {
  const { id, title, description, link, publishedAt, durationMs, audioUrl, audioBytes } = episode
  return [
    '<item>',
    element('title', title),
    element('description', htmlOf(description)),
    element('link', link),
    element('guid', id, { isPermaLink: 'false' }),
    element('pubDate', publishedAt.toUTCString()),
    empty('enclosure', { url: audioUrl, length: String(audioBytes), type: 'audio/mpeg' }),
    element('itunes:duration', String(Math.round(durationMs / 1000))),
    ...(episode.imageUrl === null ? [] : [empty('itunes:image', { href: episode.imageUrl })]),
    empty('podcast:chapters', { url: episode.chaptersUrl, type: 'application/json+chapters' }),
    ...(episode.captionsUrl === null
      ? []
      : [empty('podcast:transcript', { url: episode.captionsUrl, type: 'text/vtt' })]),
    '</item>'
  ].join('\n')
}

function element(name: string, text: string, attributes: Readonly<Record<string, string>> = {}): string {
  return `<${name}${attributesOf(attributes)}>${escaped(text)}</${name}>`
}

function empty(name: string, attributes: Readonly<Record<string, string>>): string {
  return `<${name}${attributesOf(attributes)}/>`
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;'
}
/** Characters that XML 1.0 cannot have, also not as entities: https://www.w3.org/TR/xml/#charsets */
const impossible = /(?![\t\n\r\x7f-\x9f])\p{Cc}|[\ufffe\uffff]/gu

/**
 * Returns a text as HTML, for which podcast apps take a description: they drop `<name>` of a plain text, read `&copy=`
 * of a link as a character, and join its lines. Quotes stay, since podcastparser 0.6.11 drops their references.
 */
function htmlOf(text: string): string {
  return text.replace(/[&<>]/g, character => entities[character] ?? '').replaceAll('\n', '<br/>\n')
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(impossible, '')
    .replace(/[&<>"']/g, character => entities[character] ?? '')
}
