/** A published replay, as the feed of its creator names it. */
export interface FeedEpisode {
  readonly title: string
  /** Path of the show's page. */
  readonly path: string
  /** ISO time. */
  readonly publishedAt: string
  readonly durationMs: number
}

/** Returns the path of a person's podcast feed. */
export function feedPath(userId: string): string {
  return `/v1/users/${userId}/feed.xml`
}

/** Loads the published replays of a person, newest first. Everybody sees the same, so it needs no sign-in. */
export async function loadReplays(userId: string): Promise<FeedEpisode[]> {
  const response = await fetch(feedPath(userId))
  if (!response.ok) return []
  return episodesOf(new DOMParser().parseFromString(await response.text(), 'text/xml'))
}

function episodesOf(feed: Document): FeedEpisode[] {
  return [...feed.querySelectorAll('item')].flatMap(item => {
    const text = (name: string) => item.getElementsByTagName(name)[0]?.textContent?.trim() ?? ''
    const link = URL.parse(text('link'))
    const publishedMs = Date.parse(text('pubDate'))
    if (!link || Number.isNaN(publishedMs)) return []
    return [
      {
        title: text('title'),
        path: link.pathname,
        publishedAt: new Date(publishedMs).toISOString(),
        durationMs: (Number(text('itunes:duration')) || 0) * 1000
      }
    ]
  })
}
