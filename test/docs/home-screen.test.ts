import t from 'tap'
import { startApp } from '../realtime/real-app.ts'
import { commandsOf } from '../routes/graphql/commands-of.ts'
import { ask } from '../routes/graphql/ask.ts'
import { goLive, signIn } from '../users.ts'
import { blocksOf, pageText } from './page-blocks.ts'

const shows = 10

interface Home {
  shows: {
    edges: {
      node: { id: string; songsOnAir: { title: string }[]; creator: { id: string; profile: { followerCount: number } } }
    }[]
  }
}

t.test('the page counts the requests and store commands of a home screen', async t => {
  const { app, url } = await startApp(t)
  const listener = await signIn(url, 'Listener')
  for (let n = 0; n < shows; n++) {
    const { creator, showId } = await goLive(url, `Show ${n}`)
    await listener.rest('PUT', `/v1/users/${creator.id}/follow`)
    const song = `song-${n}`
    await app.db
      .collection<{ _id: string }>('songs')
      .insertOne(
        Object.assign(
          { _id: song },
          { ownerId: creator.id, state: 'ready', title: song, artist: 'An artist', album: null, durationMs: 1 }
        )
      )
    await app.db.collection<{ _id: string }>('shows').updateOne({ _id: showId }, { $set: { onAirSongIds: [song] } })
  }

  const [, body = ''] = blocksOf('docs/app-developers.md')
    .map(({ text }) => text.split(/\n\n/))
    .find(([head = '']) => head.startsWith('POST /graphql')) ?? ['']
  const { query } = JSON.parse(body) as { query: string }
  const screens: { graphql?: unknown; rest?: unknown } = {}
  const graphql = await commandsOf(app, async () => {
    const { data } = await ask<Home>(url, query, { token: listener.token })
    screens.graphql = data?.shows.edges.map(({ node: { id, songsOnAir, creator } }) => ({
      id,
      title: songsOnAir[0]?.title,
      followerCount: creator.profile.followerCount
    }))
  })

  let requests = 0
  async function get<T>(path: string): Promise<T> {
    requests++
    return await listener.rest<T>('GET', path)
  }
  const rest = await commandsOf(app, async () => {
    requests = 0
    const page = await get<{ items: { id: string; creator: { id: string } }[] }>('/v1/shows?status=live&limit=10')
    const home: object[] = []
    for (const { id, creator } of page.items) {
      const { followerCount } = await get<{ followerCount: number }>(`/v1/users/${creator.id}`)
      const onAir = await get<{ items: { title: string }[] }>(`/v1/shows/${id}/on-air`)
      home.push({ id, title: onAir.items[0]?.title, followerCount })
    }
    screens.rest = home
  })

  t.same(screens.graphql, screens.rest, 'both have the same data')
  const table = pageText('docs/app-developers.md').split('<!-- home screen -->')[1]?.split('\n\n')[0] ?? ''
  t.match(table, `| REST | ${requests} | ${rest.length} |`)
  t.match(table, `| GraphQL | 1 | ${graphql.length} |`)
})
