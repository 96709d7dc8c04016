import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ArtistCard, SongMetadata } from '../../../../contract/metadata.ts'
import { isThroughEdge } from '../../../edge/edge-parts.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { makeFile } from '../../../songs/files.ts'
import { settled, uploaded } from '../../../songs/uploads.ts'
import { startDiscogsStandIn } from '../../../standins/discogs/server.ts'
import { startLastfmStandIn } from '../../../standins/lastfm/server.ts'
import { startMusicBrainzStandIn } from '../../../standins/musicbrainz/server.ts'
import { signIn } from '../../../users.ts'

const [musicbrainz, discogs, lastfm] = await Promise.all([
  startMusicBrainzStandIn(),
  startDiscogsStandIn(),
  startLastfmStandIn()
])
t.teardown(async () => await Promise.all([musicbrainz.close(), discogs.close(), lastfm.close()]))
const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-sources-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
const all = { DATA_DIR, ...musicbrainz.settings, ...discogs.settings, ...lastfm.settings }
let songId = ''
let artistKey = ''
let token = ''

t.test('each repository proposes what it knows, with a link to its page', { skip: isThroughEdge }, async t => {
  const { url } = await startApp(t, { ...all, METADATA_SOURCES: 'musicbrainz,discogs,lastfm' })
  const owner = await signIn(url, 'Owner')
  token = owner.token
  const file = await makeFile('a.ogg', ['-c:a', 'libopus', '-b:a', '32k'])
  const song = await settled(owner, (await uploaded(url, owner, file, 'The Quiet Lanterns - First Light.ogg')).id)
  songId = song.id
  const read = async () => await owner.rest<SongMetadata>('GET', `/v1/songs/${songId}/metadata`)
  await until(async () => (await read()).repositories.every(({ state }) => state === 'answered'))
  const { proposals } = await read()
  t.match(
    new Map(proposals.map(proposal => [proposal.source, proposal])),
    new Map([
      ['musicbrainz', { title: 'First Light', artist: 'The Quiet Lanterns', album: 'Paper Moons', year: 1994 }],
      ['discogs', { album: 'Paper Moons', year: 1994, url: 'https://www.discogs.com/master/500-A-page' }],
      ['lastfm', { url: 'https://www.last.fm/music/The%20Quiet%20Lanterns/_/First%20Light' }]
    ])
  )
  const proposalId = proposals.find(({ source }) => source === 'discogs')?.id
  const accepted = await owner.rest<SongMetadata>('POST', `/v1/songs/${songId}/metadata/accept`, { proposalId })
  artistKey = accepted.song.artistKey ?? ''
  const card = async () => await owner.rest<ArtistCard>('GET', `/v1/artists/${artistKey}`)
  await until(async () => (await card()).about !== null && (await card()).origin !== null)
  t.match(await card(), { name: 'The Quiet Lanterns', origin: { source: 'musicbrainz', beginYear: 1991 } })
})

t.test(
  'a repository that is switched off is not asked, and nothing of it is shown',
  { skip: isThroughEdge },
  async t => {
    const before = [musicbrainz, discogs, lastfm].map(({ state }) => state.calls.length)
    const { url } = await startApp(t, { DATA_DIR, METADATA_SOURCES: 'tags' })
    const read = async <T>(path: string): Promise<T> => {
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
      t.equal(response.status, 200, path)
      return (await response.json()) as T
    }
    const { proposals, repositories } = await read<SongMetadata>(`/v1/songs/${songId}/metadata`)
    t.same(
      proposals.filter(({ source }) => source !== 'tags'),
      []
    )
    t.same(
      repositories.map(({ name }) => name),
      ['tags']
    )
    const card = await read<ArtistCard>(`/v1/artists/${artistKey}`)
    t.match(card, { about: null, genres: [], origin: null, links: [] })
    t.same(
      [musicbrainz, discogs, lastfm].map(({ state }) => state.calls.length),
      before
    )
  }
)
