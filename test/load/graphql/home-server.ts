/*
 * node test/load/graphql/home-server.ts
 *
 * Runs the server of `npm run bench:graphql` with its store: ten live shows, each of a creator with followers, with a
 * song on air. Prints one line of JSON with its URL and an access token.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import app, { serverOptions } from '../../../app.ts'
import { loadConfig } from '../../../config/config.ts'

const unlimited = '1000000000'
const liveShows = 10
const followersOfEach = 20

const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-bench-'))
const config = loadConfig({
  PORT: '0',
  MEDIA_PORT: '0',
  MEDIA_WORKERS: '1',
  DATA_DIR,
  LOG_LEVEL: 'error',
  LIMIT_REST_PER_MINUTE: unlimited,
  LIMIT_EDITS_PER_MINUTE: unlimited
})
const server = Fastify(serverOptions(config))
await server.register(fp(app), { config })
server.addHook('onClose', async () => await rm(DATA_DIR, { recursive: true, force: true }))
await server.listen({ host: '127.0.0.1', port: 0 })
const { users, shows, follows, db, tokens, sessions } = server

const fans = await Promise.all(
  Array.from({ length: followersOfEach }, async (_, n) => await users.create({ displayName: `Fan ${n}` }))
)
for (let n = 0; n < liveShows; n++) {
  const creator = await users.create({ displayName: `Creator ${n}` })
  const { id } = await shows.create(creator.id, {
    title: `Songs from kitchen ${n}`,
    description: 'A show to listen to.'
  })
  await shows.start(id, creator.id)
  for (const fan of fans) await follows.follow(fan.id, creator.id)
  const song = `song-${n}`
  await db.collection<{ _id: string }>('songs').insertOne(
    Object.assign(
      { _id: song },
      {
        ownerId: creator.id,
        state: 'ready',
        title: `Song ${n}`,
        artist: 'An artist',
        album: 'An album',
        durationMs: 215_000,
        peaks: Array.from({ length: 200 }, () => 0.5),
        artworkName: 'x'.repeat(16),
        hasArtwork: true,
        createdAt: new Date()
      }
    )
  )
  await db.collection<{ _id: string }>('shows').updateOne({ _id: id }, { $set: { onAirSongIds: [song] } })
}
const [fan] = fans
if (!fan) throw new Error('no fan')
const { accessToken: token } = tokens.issue(fan, await sessions.open(fan.id, 'bench'))
process.once('SIGTERM', () => {
  server.close().then(
    () => process.exit(0),
    () => process.exit(1)
  )
})
const { port } = server.server.address() as AddressInfo
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, token }))
