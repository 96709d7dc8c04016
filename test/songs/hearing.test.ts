import { request } from 'node:http'
import t from 'tap'
import { signIn, type TestUser } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

const { app, url } = await startApp(t)
const owner = await signIn(url, 'Owner')
const stranger = await signIn(url, 'Stranger')
const file = await makeFile('a.ogg', ['-c:a', 'libvorbis'], 'sine=duration=4')
const song = await settled(owner, (await uploaded(url, owner, file)).id)
const path = `/v1/songs/${song.id}/audio`
const whole = Buffer.from(await (await getAudio(owner)).arrayBuffer())

async function getAudio(
  person: Pick<TestUser, 'token'> | null,
  headers: Record<string, string> = {},
  { method = 'GET', at = url + path } = {}
): Promise<Response> {
  return await fetch(at, {
    method,
    headers: { ...(person && { authorization: `Bearer ${person.token}` }), ...headers }
  })
}

t.test('a request without a range returns the whole song', async t => {
  const response = await getAudio(owner)
  t.equal(response.status, 200)
  t.match(Object.fromEntries(response.headers), {
    'content-type': 'audio/ogg',
    'accept-ranges': 'bytes',
    'content-length': String(whole.length),
    'cache-control': /^private/
  })
  t.equal(whole.toString('latin1', 0, 4), 'OggS')
  t.equal(whole.length, song.sizeBytes)
})

t.test('a range request returns the part of the song', async t => {
  const size = whole.length
  const ranges: [string, number, number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=100-', 100, size - 1],
    ['bytes=-5', size - 5, size - 1],
    [`bytes=7-${size + 9}`, 7, size - 1],
    [`bytes=-${size + 9}`, 0, size - 1],
    ['bytes= 1 - 2', 1, 2]
  ]
  for (const [range, first, last] of ranges) {
    const response = await getAudio(owner, { range })
    t.equal(response.status, 206, range)
    t.equal(response.headers.get('content-range'), `bytes ${first}-${last}/${size}`)
    t.equal(response.headers.get('content-length'), String(last - first + 1))
    t.ok(Buffer.from(await response.arrayBuffer()).equals(whole.subarray(first, last + 1)))
  }
})

t.test('ranges outside the song are refused, and malformed ranges are ignored', async t => {
  for (const range of [`bytes=${whole.length}-`, 'bytes=-0', 'bytes=99999999999-', `bytes=${'9'.repeat(400)}-`]) {
    const response = await getAudio(owner, { range })
    t.match(
      { status: response.status, range: response.headers.get('content-range'), body: await response.json() },
      { status: 416, range: `bytes */${whole.length}`, body: { statusCode: 416, code: 'VALIDATION' } },
      range
    )
  }
  for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'seconds=0-1', 'bytes=-', 'bytes=a-b', 'x']) {
    const response = await getAudio(owner, { range })
    t.equal(response.status, 200, range)
    t.equal((await response.arrayBuffer()).byteLength, whole.length)
  }
})

t.test('If-Range returns the range only when the client has this version of the song', async t => {
  const etag = (await getAudio(owner)).headers.get('etag')!
  t.equal((await getAudio(owner, { range: 'bytes=0-1', 'if-range': etag })).status, 206)
  t.equal((await getAudio(owner, { range: 'bytes=0-1', 'if-range': '"another"' })).status, 200)
  t.equal((await getAudio(owner, { range: 'bytes=0-1', 'if-range': `W/${etag}` })).status, 200)
})

t.test('If-None-Match is answered 304 when the client has this version', async t => {
  const etag = (await getAudio(owner)).headers.get('etag')!
  for (const known of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
    for (const range of [{}, { range: 'bytes=0-1' }]) {
      const response = await getAudio(owner, { 'if-none-match': known, ...range })
      t.match(
        { status: response.status, etag: response.headers.get('etag'), control: response.headers.get('cache-control') },
        { status: 304, etag, control: /^private/ },
        known
      )
      t.equal((await response.arrayBuffer()).byteLength, 0)
    }
  }
  t.equal((await getAudio(owner, { 'if-none-match': '"another"' })).status, 200)
  t.equal((await getAudio(stranger, { 'if-none-match': etag })).status, 404, 'the song is hidden from strangers')
})

t.test('HEAD returns the headers without a body', async t => {
  const all = await getAudio(owner, {}, { method: 'HEAD' })
  t.match(
    { status: all.status, length: all.headers.get('content-length') },
    { status: 200, length: String(whole.length) }
  )
  t.equal((await all.arrayBuffer()).byteLength, 0)
  const part = await getAudio(owner, { range: 'bytes=3-9' }, { method: 'HEAD' })
  t.match(
    { status: part.status, length: part.headers.get('content-length'), range: part.headers.get('content-range') },
    { status: 206, length: '7', range: `bytes 3-9/${whole.length}` }
  )
})

t.test('Vary tells caches that the answer depends on the token', async t => {
  t.equal((await getAudio(owner)).headers.get('vary'), 'Origin, authorization')
})

t.test('only the owner and holders of a ticket may hear a song', async t => {
  t.equal((await getAudio(null)).status, 401)
  t.equal((await getAudio(stranger)).status, 404)
  t.equal((await getAudio(null, { range: 'bytes=1-1' }, { at: url + song.audioUrl })).status, 206, 'with a ticket')
  t.equal((await getAudio(null, {}, { at: `${url}${song.audioUrl}x` })).status, 401)
  const other = await settled(owner, (await uploaded(url, owner, file)).id)
  t.equal(
    (await getAudio(null, {}, { at: url + song.audioUrl!.replace(song.id, other.id) })).status,
    401,
    'a ticket is valid for one song'
  )
  t.equal(
    (
      await fetch(`${url}/v1/users/me`, {
        headers: { authorization: `Bearer ${new URL(url + song.audioUrl).searchParams.get('ticket')}` }
      })
    ).status,
    401,
    'a ticket is not an access token'
  )
  t.equal((await getAudio(null, {}, { at: `${url}${path}?ticket=${owner.token.slice(0, 200)}` })).status, 401)
})

t.test('a client that disconnects during the download leaves nothing open', async t => {
  const { hostname, port } = new URL(url)
  await new Promise<void>(resolve => {
    const download = request({ hostname, port, path, headers: { authorization: `Bearer ${owner.token}` } }, response =>
      response.once('data', () => {
        response.destroy()
        resolve()
      })
    )
    download.end()
  })
  t.equal((await getAudio(owner, { range: 'bytes=0-3' })).status, 206)
})

t.test('the player reads any part of a song', async t => {
  const { sizeBytes, durationMs, read } = await app.songs.source(song.id)
  t.same({ sizeBytes, durationMs }, { sizeBytes: whole.length, durationMs: song.durationMs })
  t.ok(Buffer.from(await read(10, 20)).equals(whole.subarray(10, 20)))
  t.equal((await read(5, 5)).length, 0)
  await t.rejects(app.songs.source('nothing'), { code: 'NOT_FOUND' })
})
