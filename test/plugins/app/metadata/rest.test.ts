import t from 'tap'
import type { ProposedSongs, SongMetadata } from '../../../../contract/metadata.ts'
import type { Playlist } from '../../../../contract/playlist.ts'
import type { Show } from '../../../../contract/shows.ts'
import type { Song } from '../../../../contract/songs.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { makeFile } from '../../../songs/files.ts'
import { settled, uploaded } from '../../../songs/uploads.ts'
import { signIn } from '../../../users.ts'

const { url } = await startApp(t)
const owner = await signIn(url, 'Owner')
const file = await makeFile('a.ogg', ['-c:a', 'libopus', '-b:a', '32k'])
const socket = await owner.connect()
const news = socket.nextMessage('song:metadata')
const { id: songId } = await settled(owner, (await uploaded(url, owner, file, 'Band - Title.ogg')).id)
const read = async () => await owner.rest<SongMetadata>('GET', `/v1/songs/${songId}/metadata`)

t.test('the owner is told on their socket how many proposals a song has', async t => {
  t.same(await news, { songId, proposals: 1 })
  socket.disconnect()
})

t.test('a proposal is accepted with one call, and playlists show the new fields', async t => {
  const show = await owner.rest<Show>('POST', '/v1/shows', { title: 'A show' })
  await owner.rest('PUT', `/v1/shows/${show.id}/playlist`, { version: 0, items: [{ kind: 'song', songId }] })
  await until(async () => (await read()).repositories.every(({ state }) => state === 'answered'))
  const { proposals } = await read()
  t.match(proposals, [{ source: 'tags', title: 'Title', artist: 'Band' }])
  t.match(await owner.rest<ProposedSongs>('GET', '/v1/songs/proposals'), {
    items: [{ song: { id: songId }, proposal: { title: 'Title' } }],
    progress: { asked: 1, total: 1 }
  })
  const accepted = await owner.rest<SongMetadata>('POST', `/v1/songs/${songId}/metadata/accept`, {
    proposalId: proposals[0]?.id
  })
  t.match(accepted, {
    song: { title: 'Title', artist: 'Band' },
    proposals: [],
    sources: { artist: { source: 'tags' } }
  })
  const { items } = await owner.rest<Playlist>('GET', `/v1/shows/${show.id}/playlist`)
  t.match(items, [{ title: 'Title', artists: ['Band'], artistKey: accepted.song.artistKey }])
  t.match(await owner.rest('GET', `/v1/artists/${accepted.song.artistKey}`), { name: 'Band', about: null })
  t.same((await owner.rest<ProposedSongs>('GET', '/v1/songs/proposals')).items, [])
})

t.test('what the owner types is shown with its source, and null clears it', async t => {
  const patch = async (body: object) => await owner.rest<Song>('PATCH', `/v1/songs/${songId}`, body)
  t.match(await patch({ year: 1994, link: 'https://example.com/a' }), { year: 1994, link: 'https://example.com/a' })
  t.match(await patch({ artist: null, year: null }), { artist: null, year: null, artistKey: undefined })
  t.match((await read()).sources, { artist: { source: 'owner' }, link: { source: 'owner', url: null } })
  for (const body of [{ link: 'ftp://a' }, { link: 'http://' }, { title: null }, { title: ' ' }, { year: 1 }]) {
    await t.rejects(patch(body), JSON.stringify(body))
  }
})
