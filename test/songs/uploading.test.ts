import sharp from 'sharp'
import t from 'tap'
import type { Page } from '../../contract/paging.ts'
import { peakCount, type Song, type SongUpdate, type SongSpace } from '../../contract/songs.ts'
import { signIn } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { makeFile, measureLufs, probe } from './files.ts'
import { settled, storedFilesOf, upload, uploaded } from './uploads.ts'

const { app, url } = await startApp(t, {
  AUTH_GUESTS: 'on',
  LIMIT_UPLOAD_BYTES: '3000000',
  LIMIT_SONGS_BYTES_PER_PERSON: '6000000'
})
const owner = await signIn(url, 'Owner')
const mp3 = await makeFile(
  'a.mp3',
  [
    '-metadata',
    'title=A\u202eTone',
    '-metadata',
    'artist=Somebody',
    '-metadata',
    'album=Test tones',
    '-ac',
    '1',
    '-ar',
    '22050',
    '-b:a',
    '32k'
  ],
  'sine=frequency=440:duration=6,volume=0.05'
)

t.test('an upload becomes a song', async t => {
  const client = await owner.connect()
  const news: SongUpdate[] = []
  client.socket.on('song:status', payload => news.push(payload))
  const fresh = await uploaded(url, owner, mp3, '../../My_song.mp3')
  t.match(fresh, {
    title: 'My song',
    artist: null,
    durationMs: 0,
    artworkUrl: null,
    peaks: [],
    reason: null,
    sizeBytes: mp3.length,
    audioUrl: null
  })
  const song = await settled(owner, fresh.id)
  t.match(song, {
    id: fresh.id,
    status: 'ready',
    title: 'A Tone',
    artist: 'Somebody',
    album: 'Test tones',
    reason: null,
    createdAt: fresh.createdAt
  })
  t.equal(song.peaks.length, peakCount)
  t.equal(Math.max(...song.peaks), 1)
  const bytes = Buffer.from(await (await fetch(url + song.audioUrl)).arrayBuffer())
  t.equal(bytes.length, song.sizeBytes)
  const { codec, rate, channels, durationMs } = await probe(bytes)
  t.same({ codec, rate, channels }, { codec: 'opus', rate: 48000, channels: 2 })
  t.ok(
    Math.abs(durationMs - song.durationMs) <= 20 && Math.abs(durationMs - 6000) < 120,
    `${song.durationMs} ms are ${durationMs}`
  )
  const lufs = await measureLufs(bytes)
  t.ok(Math.abs(lufs + 16) < 1, `all songs have the same loudness: ${lufs} LUFS`)
  await until(async () => (await storedFilesOf(app, song.id)).join() === 'audio.opus.ogg')
  t.same(
    news.map(({ songId }) => songId).filter(id => id !== song.id),
    []
  )
  t.same([news[0]?.status, news.at(-1)?.status], ['processing', 'ready'])
  client.disconnect()
})

t.test('a file name arrives as it is, although forms escape quotes', async t => {
  const person = await signIn(url, 'Namer')
  const song = await uploaded(url, person, mp3, '12" Mix No.5.mp3')
  t.equal(song.title, '12" Mix No.5')
  await settled(person, song.id)
})

t.test('the used and total space for songs are reported', async t => {
  const somebody = await signIn(url, 'Somebody')
  const space = async () => await somebody.rest<SongSpace>('GET', '/v1/songs/space')
  t.same(await space(), { usedBytes: 0, limitBytes: 6_000_000, largestUploadBytes: 3_000_000 })
  const song = await settled(somebody, (await uploaded(url, somebody, mp3)).id)
  await until(async () => (await space()).usedBytes === song.sizeBytes)
  await somebody.rest('DELETE', `/v1/songs/${song.id}`)
  t.equal((await space()).usedBytes, 0)
})

t.test('a picture in the file becomes the artwork, without its metadata', async t => {
  const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'green' } })
    .jpeg()
    .toBuffer()
  const song = await settled(owner, (await uploaded(url, owner, withPicture(mp3, picture))).id)
  t.match(song.artworkUrl, new RegExp(`^/v1/artwork/${song.id}\\.[A-Za-z0-9_-]{16}$`))
  const answer = await fetch(url + song.artworkUrl)
  t.equal(answer.headers.get('content-type'), 'image/webp')
  const { width, height, exif } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
  t.same({ width, height, exif }, { width: 512, height: 512, exif: undefined })
  await owner.rest('DELETE', `/v1/songs/${song.id}`)
  t.equal((await fetch(url + song.artworkUrl)).status, 404)
})

/** Prepends an ID3v2.3 tag with a picture to a file. */
function withPicture(file: Buffer, picture: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.from('\0image/jpeg\0\x03\0', 'latin1'), picture])
  const header = Buffer.from('APIC\0\0\0\0\0\0', 'latin1')
  header.writeUInt32BE(frame.length, 4)
  const size = header.length + frame.length
  const tag = Buffer.from(
    ['I', 'D', '3']
      .map(letter => letter.charCodeAt(0))
      .concat(3, 0, 0, (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127)
  )
  return Buffer.concat([tag, header, frame, file])
}

t.test('uploads that are not songs are refused or fail', async t => {
  t.match(await upload(url, owner, Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), 'song.mp3'), {
    status: 415,
    body: { code: 'UNSUPPORTED_MEDIA' }
  })
  t.match(await upload(url, owner, Buffer.from('\ufeffA text. '.repeat(5000), 'utf16le'), 'song.mp3'), { status: 415 })
  t.match(await upload(url, owner, Buffer.alloc(0)), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } })
  t.match(await upload(url, owner, Buffer.concat([mp3, Buffer.alloc(3_000_000)])), {
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' }
  })
  const empty = await settled(
    owner,
    (await uploaded(url, owner, Buffer.concat([Buffer.from('OggS'), Buffer.alloc(1000)]))).id
  )
  t.match(empty, {
    status: 'failed',
    reason: 'notAudio',
    failure: { cause: 'damaged', atMs: 0 },
    audioUrl: null,
    sizeBytes: 0
  })
  await until(async () => (await storedFilesOf(app, empty.id)).length === 0)
  await owner.rest('DELETE', `/v1/songs/${empty.id}`)
})

t.test('concurrent uploads do not exceed the quota', async t => {
  const person = await signIn(url, 'Collector')
  const large = Buffer.concat([mp3, Buffer.alloc(2_000_000)])
  const answers = await Promise.all(Array.from({ length: 4 }, async () => await upload(url, person, large)))
  t.equal(answers.filter(({ status }) => status === 201).length <= 2, true, 'two fit')
  t.same(new Set(answers.map(({ status }) => status)), new Set([201, 413]))
  for (const { body } of answers.filter(({ status }) => status === 201)) await settled(person, body.id)
  t.match(
    await upload(url, person, mp3),
    { status: 201 },
    'songs are smaller than their originals, so there is space again'
  )
})

t.test('songs are listed in pages and searched by words', async t => {
  const person = await signIn(url, 'Listener')
  const first = await settled(person, (await uploaded(url, person, mp3)).id)
  const second = await uploaded(url, person, mp3, 'Zürich.mp3')
  const { items, nextCursor } = await person.rest<Page<Song>>('GET', '/v1/songs?limit=1')
  t.same(
    items.map(({ id }) => id),
    [second.id]
  )
  t.match(await person.rest<Page<Song>>('GET', `/v1/songs?limit=1&cursor=${nextCursor}`), {
    items: [{ id: first.id }],
    nextCursor: null
  })
  t.match(await person.rest<Page<Song>>('GET', '/v1/songs?q=some%20tEst'), { items: [{ id: first.id }] })
  t.same(await person.rest<Page<Song>>('GET', '/v1/songs?q=nothing'), { items: [], nextCursor: null })
  t.same(
    await owner.rest<Page<Song>>('GET', '/v1/songs?q=zurich'),
    { items: [], nextCursor: null },
    'other people do not see it'
  )
  await settled(person, second.id)
})
