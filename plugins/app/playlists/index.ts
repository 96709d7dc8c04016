import fp from 'fastify-plugin'
import { createPlaylistItems } from './playlist-items.ts'
import { createPlaylistRecords, type PlaylistDocument } from './playlist-records.ts'
import { createPlaylists, type Playlists } from './playlists.ts'

declare module 'fastify' {
  interface FastifyInstance {
    playlists: Playlists
  }
}

/** Playlists of shows. */
export default fp(
  async app => {
    const { db, liveShows, shows, showGuard, songs, spotify } = app
    const playlists = createPlaylists({
      records: await createPlaylistRecords(db.collection<PlaylistDocument>('playlists')),
      items: createPlaylistItems({ songs, spotify }),
      shows,
      showGuard,
      songs,
      liveShows
    })
    app.decorate('playlists', playlists)
    songs.onRemoved(playlists.markUnavailable)
    songs.onChanged(playlists.updateSong)
    app.showData.register('playlists', playlists.removeOfShow)
    app.personalData.register('playlists', playlists.personalData)
  },
  { name: 'playlists', dependencies: ['mongodb', 'privacy', 'shows', 'songs', 'spotify'] }
)
