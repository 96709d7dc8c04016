import type { Show } from '../../../contract/shows.ts'
import { escapeHtml } from './link-preview.ts'

/** A file or stream that the player may play. */
export interface EmbedSource {
  url: string
  type: string
}

/** The sound of a show that everybody may hear; null when there is none now. */
export interface EmbedSound {
  isLive: boolean
  /** Browsers play the first that they can. */
  sources: readonly EmbedSource[]
}

/** A page without sound asks again after this time, seconds. */
const refreshS = 60
const place = '<main id="player"></main>'

/**
 * Writes a show into the embeddable page of the web client.
 * @param show undefined when there is none that everybody may see
 * @param publicUrl URL clients use to reach the server
 */
export function withPlayer(page: string, show: Show | undefined, sound: EmbedSound | null, publicUrl: string): string {
  const title = show ? `${show.title} · Ambient` : 'Ambient'
  const isWaiting = show !== undefined && show.status !== 'ended' && !sound
  // Functions, because `$&` in a replacement string would have a special meaning.
  return page
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace('</head>', () => (isWaiting ? `<meta http-equiv="refresh" content="${refreshS}"></head>` : '</head>'))
    .replace(place, () => `<main>${show ? player(show, sound, publicUrl) : unavailable(publicUrl)}</main>`)
}

function player(show: Show, sound: EmbedSound | null, publicUrl: string): string {
  const { id, title, creator } = show
  return [
    picture(show),
    `<div><h1>${escapeHtml(title)}</h1><p>${escapeHtml(creator.displayName)} · ${statusOf(show, sound)}</p></div>`,
    sound ? audio(title, sound) : '',
    link(new URL(`/shows/${id}`, publicUrl).href)
  ].join('')
}

function picture({ coverUrl, creator: { avatarUrl, displayName } }: Show): string {
  const url = coverUrl ?? avatarUrl
  const content = url ? `<img src="${escapeHtml(url)}" alt="">` : escapeHtml([...displayName][0] ?? '')
  return `<span class="${coverUrl ? 'picture cover' : 'picture'}" aria-hidden="true">${content}</span>`
}

function statusOf({ status }: Show, sound: EmbedSound | null): string {
  if (status === 'live') return sound ? '<span class="live">Live</span>' : '<span class="live">Live</span> in Ambient'
  if (status === 'interrupted') return 'Back soon'
  if (status === 'scheduled') return 'This show hasn’t started yet'
  return sound ? 'Replay' : 'This show has ended'
}

function audio(title: string, { isLive, sources }: EmbedSound): string {
  const list = sources.map(({ url, type }) => `<source src="${escapeHtml(url)}" type="${escapeHtml(type)}">`).join('')
  const live = isLive ? ' data-live' : ''
  return `<audio controls preload="none"${live} aria-label="${escapeHtml(title)}">${list}</audio>`
}

function unavailable(publicUrl: string): string {
  return `<div><h1>This show isn’t available</h1><p>It is private, or it doesn’t exist.</p></div>${link(publicUrl)}`
}

function link(address: string): string {
  return `<a class="open" href="${escapeHtml(address)}" target="_blank" rel="noopener">Open in Ambient</a>`
}
