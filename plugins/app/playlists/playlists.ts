import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Playlist, PlaylistEdit, PlaylistEntry } from '../../../contract/playlist.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'

declare module 'fastify' {
  interface FastifyInstance {
    playlists: Playlists
  }
}

interface PlaylistDocument {
  /** The show's id. */
  _id: string
  version: number
  items: PlaylistItem[]
}

/** So many tracks of one edit are looked up at a time. */
const lookupsAtOnce = 4

/** What an item plays, without its place in a list. */
type About = Omit<PlaylistItem, 'id'>

export type Playlists = ReturnType<typeof createPlaylists>

/** What shows have prepared to play. */
export function createPlaylists(app: FastifyInstance) {
  const playlists = app.db.collection<PlaylistDocument>('playlists')

  async function load(showId: string): Promise<Playlist> {
    const document = await playlists.findOne({ _id: showId })
    return { version: document?.version ?? 0, items: document?.items ?? [] }
  }

  /**
   * What entries stand for that are not known yet, each looked up once, as their editor; by what they name, since Spotify may answer
   * with the same track under another id. Throws NOT_FOUND and what Spotify's side throws.
   */
  async function describe(entries: readonly PlaylistEntry[], editorId: string): Promise<Map<string, About>> {
    const songIds = [...new Set(entries.flatMap(entry => (entry.kind === 'song' ? [entry.songId] : [])))]
    const songs = await app.songs.findItems(editorId, songIds)
    const missing = songIds.find(id => !songs.some(({ songId }) => songId === id))
    if (missing !== undefined) await explainMissing(editorId, missing)
    const found = new Map<string, About>(
      songs.map(song => [refOf({ kind: 'song', songId: song.songId }), { kind: 'song', ...song }])
    )
    const trackIds = [...new Set(entries.flatMap(entry => (entry.kind === 'spotify' ? [entry.trackId] : [])))]
    for (let at = 0; at < trackIds.length; at += lookupsAtOnce) {
      await Promise.all(
        trackIds.slice(at, at + lookupsAtOnce).map(async trackId => {
          found.set(refOf({ kind: 'spotify', trackId }), {
            kind: 'spotify',
            ...(await app.spotify.track(editorId, trackId))
          })
        })
      )
    }
    return found
  }

  /** Throws NOT_FOUND. */
  async function explainMissing(editorId: string, songId: string): Promise<never> {
    await app.songs.get(editorId, songId)
    throw new CodedError('NOT_FOUND', 'The song is not ready.')
  }

  async function resolve(
    entries: readonly PlaylistEntry[],
    before: Playlist,
    editorId: string
  ): Promise<PlaylistItem[]> {
    const known = new Map<string, About>(before.items.map(item => [refOf(item), item]))
    for (const [ref, about] of await describe(
      entries.filter(entry => !known.has(refOf(entry))),
      editorId
    )) {
      known.set(ref, about)
    }
    return entries.flatMap(entry => {
      const about = known.get(refOf(entry))
      return about ? [{ ...about, id: entry.id ?? opaqueId() }] : []
    })
  }

  /** A song that went between being looked up and being stored here did not know of this list. */
  async function noticeGone(items: readonly PlaylistItem[], before: Playlist, editorId: string): Promise<void> {
    const known = new Set(before.items.map(refOf))
    const added = new Set(
      items.flatMap(item => (item.songId !== undefined && !known.has(refOf(item)) ? [item.songId] : []))
    )
    if (added.size === 0) return
    const there = new Set((await app.songs.findItems(editorId, [...added])).map(({ songId }) => songId))
    for (const songId of added) if (!there.has(songId)) await songGone(songId)
  }

  /** Says in every list that has it that a song is gone; what plays now goes on to its end. Safe to repeat. */
  async function songGone(songId: string): Promise<void> {
    for await (const { _id: showId } of playlists.find(
      { items: { $elemMatch: { songId, available: true } } },
      { projection: { _id: 1 } }
    )) {
      const after = await withoutSong(showId, songId)
      if (after) await app.liveShows.playlistEdited(showId, after)
    }
  }

  /** The playlist without the song; null when it has it no more. Anybody editing the list at the same time gets CONFLICT. */
  async function withoutSong(showId: string, songId: string): Promise<Playlist | null> {
    for (;;) {
      const { version, items } = await load(showId)
      if (!items.some(item => item.songId === songId && item.available)) return null
      const after = items.map(item => (item.songId === songId ? { ...item, available: false, artworkUrl: null } : item))
      const { matchedCount } = await playlists.updateOne(
        { _id: showId, version },
        { $set: { items: after }, $inc: { version: 1 } }
      )
      if (matchedCount > 0) return { version: version + 1, items: after }
    }
  }

  async function requireEditor(showId: string, callerId: string): Promise<void> {
    const { status } = await app.showGuard.require('moderate', showId, callerId)
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
  }

  async function store(showId: string, version: number, items: PlaylistItem[]): Promise<void> {
    if (version > 0) {
      const { matchedCount } = await playlists.updateOne(
        { _id: showId, version },
        { $set: { items }, $inc: { version: 1 } }
      )
      if (matchedCount === 0) throw stale()
      return
    }
    try {
      await playlists.insertOne({ _id: showId, version: 1, items })
    } catch (error) {
      throw isDuplicateKey(error) ? stale() : error
    }
  }

  return {
    /** The playlist, whoever asks. */
    load,

    /** For who may see the show. Throws NOT_FOUND. */
    async get(showId: string, callerId: string | null): Promise<Playlist> {
      await app.showGuard.require('see', showId, callerId)
      return await load(showId)
    },

    /**
     * Replaces a playlist; items sent with an id keep it. Throws NOT_FOUND (the show, a track, somebody else's song), FORBIDDEN, CONFLICT
     * for a stale version, VALIDATION for ids that are not the list's, SHOW_ENDED, and what looking up a track at Spotify throws.
     */
    async put(showId: string, callerId: string, { version, items: entries }: PlaylistEdit): Promise<Playlist> {
      await requireEditor(showId, callerId)
      const before = await load(showId)
      if (before.version !== version) throw stale()
      requireOwnIds(entries, before)
      const items = await resolve(entries, before, callerId)
      // Looking things up may have taken long.
      await requireEditor(showId, callerId)
      await store(showId, version, items)
      await noticeGone(items, before, callerId)
      const after = { version: version + 1, items }
      await app.liveShows.playlistEdited(showId, after)
      return after
    },

    songGone,

    removeOfShow: async (showId: string) => {
      await playlists.deleteOne({ _id: showId })
    },

    /** The lists of somebody's own shows; they go with the shows. */
    personalData: {
      async *export(userId) {
        for await (const showId of app.shows.idsOf(userId)) {
          const playlist = await load(showId)
          if (playlist.version > 0) yield { showId, ...playlist }
        }
      },
      erase: async () => {}
    } satisfies PersonalDataKeeper
  }
}

/** What an item plays, whichever list it is in. */
function refOf(entry: { kind: string; songId?: string; trackId?: string }): string {
  return `${entry.kind}:${entry.songId ?? entry.trackId}`
}

/** An id names an item that is there, and names it once. */
function requireOwnIds(entries: readonly PlaylistEntry[], before: Playlist): void {
  const known = new Map(before.items.map(item => [item.id, refOf(item)]))
  const seen = new Set<string>()
  const issues = entries.flatMap((entry, index) => {
    if (entry.id === undefined) return []
    const isRight = known.get(entry.id) === refOf(entry) && !seen.has(entry.id)
    seen.add(entry.id)
    return isRight
      ? []
      : [
          {
            path: `/items/${index}/id`,
            message: 'is not the id of this item in the playlist; leave it out for a new one'
          }
        ]
  })
  if (issues.length > 0) {
    throw new CodedError('VALIDATION', 'The request does not fit.', { issues: issues.slice(0, 20) })
  }
}

function stale(): CodedError {
  return new CodedError('CONFLICT', 'The playlist was changed meanwhile; load it again.')
}

export default fp(
  async app => {
    await app.db.collection('playlists').createIndex({ 'items.songId': 1 })
    const playlists = createPlaylists(app)
    app.decorate('playlists', playlists)
    app.songs.onRemoved(playlists.songGone)
    app.showData.register('playlists', playlists.removeOfShow)
    app.personalData.register('playlists', playlists.personalData)
  },
  {
    name: 'playlists',
    dependencies: ['mongodb', 'show-guard', 'show-data', 'privacy', 'live-shows', 'songs', 'spotify']
  }
)
