import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { SongUpdate } from '../../contract/songs.ts'
import type { UploadJob } from '../../client/index.ts'
import { joinRoom, flushEvents, waitForView, createTestClient } from './test-client.ts'

const file = new File(['sound'], 'a song.mp3', { type: 'audio/mpeg' })
const song = { id: 's1', title: 'a song', status: 'processing', audioUrl: null }

t.test('an upload sends the file with its name, reports the progress and returns the song', async t => {
  const jobs: UploadJob[] = []
  const { ambient, server } = await createTestClient(t, {
    async uploader(job) {
      jobs.push(job)
      job.onProgress(3, 5)
      return { status: 201, body: song }
    }
  })
  const sent: [number, number][] = []
  t.same(
    await ambient.songs.upload(file, {
      onProgress: (...now) => {
        sent.push(now)
      }
    }),
    song
  )
  t.same(sent, [[3, 5]])
  t.match(jobs, [{ method: 'POST', url: `${server.url}/v1/songs`, headers: { authorization: 'Bearer access-1' } }])
  const sentFile = jobs[0]!.form.get('file') as File
  t.equal(sentFile.name, 'a song.mp3')
  t.equal(await sentFile.text(), 'sound')
  await ambient.songs.upload(new Blob(['x']), { name: 'take 2.wav' })
  t.equal((jobs[1]!.form.get('file') as File).name, 'take 2.wav')
})

t.test('after an expired token the file is sent again with a new one; other errors are thrown', async t => {
  const answers: [number, object][] = [
    [401, { code: 'TOKEN_EXPIRED', message: 'over' }],
    [201, song],
    [413, { code: 'PAYLOAD_TOO_LARGE', message: 'too large' }],
    [502, {}]
  ]
  const tokens: unknown[] = []
  const { ambient } = await createTestClient(t, {
    async uploader({ headers }) {
      tokens.push(headers.authorization)
      const [status, body] = answers.shift()!
      return { status, body }
    }
  })
  t.same(await ambient.songs.upload(file), song)
  t.same(tokens, ['Bearer access-1', 'Bearer access-2'])
  await t.rejects(ambient.songs.upload(file), { code: 'PAYLOAD_TOO_LARGE', message: 'too large' })
  await t.rejects(ambient.songs.upload(file), { code: 'UNAVAILABLE' })
})

/** Creates an uploader that makes no progress until it is aborted. */
function createStuckUploader() {
  const { promise: started, resolve } = Promise.withResolvers<UploadJob>()
  return {
    started,
    uploader: async (job: UploadJob): Promise<never> =>
      await new Promise((_resolve, reject) => {
        job.signal.addEventListener('abort', () => reject(new Error('aborted')))
        resolve(job)
      })
  }
}

t.test('an aborted upload throws the reason of its signal', async t => {
  const { started, uploader } = createStuckUploader()
  const { ambient } = await createTestClient(t, { uploader })
  const abort = new AbortController()
  const uploading = ambient.songs.upload(file, { signal: abort.signal })
  await started
  abort.abort(new Error('changed my mind'))
  await t.rejects(uploading, { message: 'changed my mind' })
  await t.rejects(
    ambient.songs.upload(file, { signal: abort.signal }),
    { message: 'changed my mind' },
    'before the upload began'
  )
})

/** Starts an upload that makes no progress by itself, and tells whether it is aborted after a time. */
async function startStuckUpload(t: Test) {
  const { started, uploader } = createStuckUploader()
  const { ambient, clock } = await createTestClient(t, { uploader })
  const uploading = ambient.songs.upload(file)
  let isAborted = false
  uploading.catch(() => {
    isAborted = true
  })
  const { onProgress } = await started
  return {
    uploading,
    onProgress,
    async isAbortedAfter(ms: number): Promise<boolean> {
      clock.advance(ms)
      await new Promise(setImmediate)
      return isAborted
    }
  }
}

t.test('a stalled upload is aborted; one with progress has no time limit', async t => {
  const { uploading, onProgress, isAbortedAfter } = await startStuckUpload(t)
  onProgress(1, 3)
  t.equal(await isAbortedAfter(59_000), false)
  onProgress(2, 3)
  t.equal(await isAbortedAfter(59_000), false)
  t.equal(await isAbortedAfter(1000), true)
  await t.rejects(uploading, { code: 'UNAVAILABLE' })
})

t.test('an upload without progress, or waiting for the response, has a longer timeout', async t => {
  const silent = await startStuckUpload(t)
  t.equal(await silent.isAbortedAfter(299_000), false)
  t.equal(await silent.isAbortedAfter(1000), true)
  await t.rejects(silent.uploading, { code: 'UNAVAILABLE' })

  const sent = await startStuckUpload(t)
  sent.onProgress(1, 2)
  sent.onProgress(2, 2)
  t.equal(await sent.isAbortedAfter(299_000), false)
  t.equal(await sent.isAbortedAfter(1000), true)
  await t.rejects(sent.uploading, { code: 'UNAVAILABLE' })
})

t.test('without XMLHttpRequest, files are sent with fetch', async t => {
  const requests: [unknown, RequestInit | undefined][] = []
  const { ambient, server } = await createTestClient(t, {
    async fetch(input, init) {
      if (!String(input).endsWith('/songs')) return await fetch(input, init)
      requests.push([input, init])
      return Response.json(song, { status: 201 })
    }
  })
  t.same(await ambient.songs.upload(file), song)
  t.match(requests, [[`${server.url}/v1/songs`, { method: 'POST', headers: { authorization: 'Bearer access-1' } }]])
  t.ok(requests[0]![1]!.body instanceof FormData)
})

t.test('song requests use the paths of the contract, and audio URLs are absolute', async t => {
  const requests: string[] = []
  const { ambient, server } = await createTestClient(t, {
    async fetch(input, init) {
      const { pathname, search } = new URL(String(input))
      if (!pathname.startsWith('/v1/songs')) return await fetch(input, init)
      requests.push(`${init?.method} ${pathname}${search}`)
      if (init?.method === 'DELETE') return new Response(null, { status: 204 })
      if (pathname.endsWith('/songs')) return Response.json({ items: [song], nextCursor: null })
      return Response.json({ ...song, audioUrl: pathname.endsWith('ready') ? '/v1/songs/ready/audio?ticket=x' : null })
    }
  })
  t.same((await ambient.songs.list({ q: 'so', limit: 5 })).items, [song])
  t.match(await ambient.songs.get('s1'), { id: 's1' })
  t.equal(await ambient.songs.audioUrl('ready'), `${server.url}/v1/songs/ready/audio?ticket=x`)
  t.equal(await ambient.songs.audioUrl('s1'), null)
  t.equal(await ambient.songs.delete('s1'), null)
  t.same(requests, [
    'GET /v1/songs?q=so&limit=5',
    'GET /v1/songs/s1',
    'GET /v1/songs/ready',
    'GET /v1/songs/s1',
    'DELETE /v1/songs/s1'
  ])
})

/** Records the updates of a listener. */
function recordUpdates(listen: (status: (update: SongUpdate) => void, missed: () => void) => () => void) {
  const received: (SongUpdate | 'missed')[] = []
  let wake = () => {}
  const add = (update: SongUpdate | 'missed') => {
    received.push(update)
    wake()
  }
  const stop = listen(add, () => add('missed'))
  return {
    received,
    stop,
    async waitForCount(count: number): Promise<void> {
      while (received.length < count) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  }
}

const createUpdate = (progress: number): SongUpdate => ({ songId: 's1', status: 'processing', progress })

t.test('song updates arrive outside of a show, also after a lost connection', async t => {
  const { ambient, server, clock } = await createTestClient(t)
  const { received, stop, waitForCount } = recordUpdates(ambient.songs.onStatus)
  await waitForCount(1)
  t.same(received, ['missed'], 'updates from before the connection may have been missed')
  server.emit('song:status', createUpdate(0.5))
  await waitForCount(2)
  const again = clock.waitForTimer(250)
  server.disconnectAll()
  await again
  clock.advance(250)
  await waitForCount(3)
  server.emit('song:status', createUpdate(0.7))
  await waitForCount(4)
  t.same(received, ['missed', createUpdate(0.5), 'missed', createUpdate(0.7)])
  t.equal(server.socketCount, 1)
  stop()
  await server.waitForSocketCount(0)
})

t.test("a show's connection carries song updates, and no other connection is kept open", async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  const { received, stop, waitForCount } = recordUpdates(ambient.songs.onStatus)
  await waitForCount(1)
  const room = await joinRoom(t, client)
  await server.waitForSocketCount(1)
  await waitForCount(2)
  server.emit('song:status', createUpdate(0.1))
  await flushEvents(server, room)
  t.same(received, ['missed', 'missed', createUpdate(0.1)])
  await room.leave()
  await waitForCount(4)
  server.emit('song:status', createUpdate(0.2))
  await waitForCount(5)
  t.same(received.slice(3), ['missed', createUpdate(0.2)])
  t.equal(server.socketCount, 1)
  stop()
})

t.test('song updates end when the user signs out, and resume with the next sign-in', async t => {
  const { ambient, server } = await createTestClient(t)
  const { stop, waitForCount } = recordUpdates(ambient.songs.onStatus)
  await waitForCount(1)
  await ambient.account.signOut()
  await server.waitForSocketCount(0)
  await ambient.account.signIn('Me')
  await waitForCount(2)
  t.equal(server.socketCount, 1)
  stop()
})

t.test('listeners that are removed at once leave no connection open', async t => {
  const { server, ambient } = await createTestClient(t)
  const listen = () => ambient.songs.onStatus(() => {})
  for (let n = 0; n < 5; n++) listen()()
  const stop = listen()
  await server.waitForSocketCount(1)
  // Others would be connected by now: the code of all of them was loaded before.
  await setTimeout(100)
  t.equal(server.socketCount, 1)
  stop()
  await server.waitForSocketCount(0)
})

t.test('volumes and the ducking setting reach the sound output', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  t.same(room.view.volumes, { voice: 1, song: 1 })
  t.same(client.sound.ducking, { on: true, levelDb: -12 })
  room.setVolume('song', 0.3)
  t.same((await waitForView(room, ({ volumes }) => volumes.song < 1)).volumes, { voice: 1, song: 0.3 })
  client.server.applyEvent({
    type: 'settings:changed',
    settings: { ...room.view.room!.settings, ducking: { on: false, levelDb: -20 } }
  })
  await flushEvents(client.server, room)
  t.same(client.sound.ducking, { on: false, levelDb: -20 })
})
