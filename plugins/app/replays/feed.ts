import { createHash } from 'node:crypto'
import type { Show } from '../../../contract/shows.ts'
import type { Users } from '../people/users.ts'
import type { Shows } from '../shows/shows.ts'
import type { ReplayDocument, ReplayTable } from './document.ts'
import { filePath } from './replay-view.ts'
import { rssOf, type RssEpisode } from './rss.ts'
import { durationOf } from './timeline/stretches.ts'

/** Episodes of a feed at most, the newest. */
const maxEpisodes = 100

/** The podcast feed of a creator. */
export interface Feed {
  readonly xml: string
  readonly etag: string
  readonly modifiedAt: Date
}

export interface FeedParts {
  replays: ReplayTable
  shows: Pick<Shows, 'getMany'>
  users: Pick<Users, 'getProfile'>
  publicUrl(): string
}

interface FeedReplay extends Pick<ReplayDocument, '_id' | 'publishedAt' | 'hasCaptions' | 'updatedAt'> {
  mixed?: Pick<NonNullable<ReplayDocument['mixed']>, 'audio' | 'stretches'>
}

const projection = {
  publishedAt: 1,
  updatedAt: 1,
  hasCaptions: 1,
  'mixed.audio': 1,
  'mixed.stretches': 1
} as const

/** Makes the podcast feeds of creators, with their published replays of public shows. */
export function createFeeds({ replays, shows, users, publicUrl }: FeedParts) {
  const absolute = (path: string) => `${publicUrl()}${path}`

  async function published(creatorId: string): Promise<FeedReplay[]> {
    return await replays
      .find<FeedReplay>({ creatorId, publishedAt: { $type: 'date' }, takenDown: { $exists: false } }, { projection })
      .sort({ publishedAt: -1 })
      .limit(maxEpisodes)
      .toArray()
  }

  function episodeOf(replay: FeedReplay, show: Pick<Show, 'title' | 'description' | 'coverUrl'>): RssEpisode[] {
    const { _id: showId, publishedAt, mixed, hasCaptions } = replay
    const mp3 = mixed?.audio.find(({ format }) => format === 'mp3')
    if (!mixed || !mp3 || !publishedAt) return []
    return [
      {
        id: showId,
        title: show.title,
        description: show.description,
        link: absolute(`/shows/${showId}`),
        publishedAt,
        durationMs: durationOf(mixed.stretches),
        audioUrl: absolute(filePath(showId, 'audio.mp3')),
        audioBytes: mp3.sizeBytes,
        chaptersUrl: absolute(filePath(showId, 'chapters.json')),
        captionsUrl: hasCaptions ? absolute(filePath(showId, 'captions.vtt')) : null,
        imageUrl: show.coverUrl === undefined ? null : absolute(show.coverUrl)
      }
    ]
  }

  return {
    /** Throws NOT_FOUND. */
    async get(creatorId: string): Promise<Feed> {
      const { displayName, bio, avatarUrl } = await users.getProfile(creatorId)
      const found = await published(creatorId)
      const seen = await shows.getMany(
        found.map(({ _id }) => _id),
        null
      )
      const episodes = found.flatMap(replay => {
        const show = seen.get(replay._id)
        return show?.visibility === 'public' ? episodeOf(replay, show) : []
      })
      const xml = rssOf({
        title: displayName,
        description: bio === '' ? displayName : bio,
        author: displayName,
        link: absolute(`/users/${creatorId}`),
        feedUrl: absolute(`/v1/users/${creatorId}/feed.xml`),
        imageUrl: avatarUrl === null ? null : new URL(avatarUrl, publicUrl()).href,
        episodes
      })
      const changes = [...found.map(({ updatedAt }) => updatedAt), ...episodes.map(({ publishedAt }) => publishedAt)]
      return {
        xml,
        etag: `"${createHash('sha256').update(xml).digest('base64url').slice(0, 32)}"`,
        modifiedAt: new Date(Math.max(0, ...changes.map(date => date.getTime())))
      }
    }
  }
}
