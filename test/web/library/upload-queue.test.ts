import t from 'tap'
import { CodedError, type Song, type SongUpdate, type UploadOptions } from '../../../client/index.ts'
import { formatBytes } from '../../../web/src/format/bytes.ts'
import { checkFile, processingErrorOf } from '../../../web/src/library/upload-errors.ts'
import { UploadQueue } from '../../../web/src/library/upload-queue.ts'

interface UploadRequest {
  file: File
  options: UploadOptions
  accept: (id: string) => void
  refuse: (error: Error) => void
}

/** A queue whose server is controlled by the test. */
function setUp(space: Parameters<typeof checkFile>[1] = null) {
  const requests: UploadRequest[] = []
  const removed: string[] = []
  const timers: (() => void)[] = []
  const states = new Map<string, Pick<Song, 'status' | 'reason'>>()
  let subscription: { status: (update: SongUpdate) => void; missed: () => void } | null = null
  const queue = new UploadQueue({
    songs: {
      upload: async (file, options) =>
        await new Promise((resolve, reject) => {
          options.signal?.addEventListener('abort', () => reject(new Error('aborted')))
          requests.push({
            file,
            options,
            accept: id => resolve({ id, status: 'processing', reason: null } as Song),
            refuse: reject
          })
        }),
      async get(songId) {
        const state = states.get(songId)
        if (!state) throw new CodedError('NOT_FOUND', 'There is no such song.')
        return state
      },
      async delete(songId) {
        removed.push(songId)
      },
      onStatus(status, missed) {
        subscription = { status, missed }
        return () => {
          subscription = null
        }
      }
    },
    check: file => checkFile(file, space),
    after: (_waitMs, task) => {
      timers.push(task)
    }
  })
  return {
    queue,
    requests,
    removed,
    timers,
    states,
    shown: () => queue.view.uploads.map(({ name, state }) => `${name} ${state}`),
    get subscription() {
      return subscription
    }
  }
}

const makeFile = (name: string, size = 10) => new File([new Uint8Array(size)], name)

/** Lets pending promises settle. */
const settle = async () => await new Promise(resolve => setImmediate(resolve))

t.test('two files are sent at a time, and each is followed until its song is ready', async t => {
  const it = setUp()
  it.queue.add(['a.mp3', 'b.mp3', 'c.mp3'].map(name => makeFile(name)))
  t.same(it.shown(), ['a.mp3 sending', 'b.mp3 sending', 'c.mp3 waiting'])
  t.equal(it.queue.view.announcement, 'Uploading 3 files')
  it.requests[0]!.options.onProgress?.(5, 10)
  t.equal(it.queue.view.uploads[0]?.progress, 0.5)
  it.requests[0]!.accept('A')
  await settle()
  t.same(it.shown(), ['a.mp3 processing', 'b.mp3 sending', 'c.mp3 sending'])
  it.subscription!.status({ songId: 'A', status: 'processing', progress: 0.25 })
  t.equal(it.queue.view.uploads[0]?.progress, 0.25)
  it.subscription!.status({ songId: 'A', status: 'ready' })
  t.same(it.shown(), ['b.mp3 sending', 'c.mp3 sending'])
  t.equal(it.queue.view.announcement, 'a.mp3 is ready')
})

t.test('a status that arrives before the upload is answered is not lost', async t => {
  const it = setUp()
  it.queue.add([makeFile('a.mp3')])
  it.subscription!.status({ songId: 'A', status: 'ready' })
  it.requests[0]!.accept('A')
  await settle()
  t.same(it.shown(), [])
  t.equal(it.subscription, null, 'it unsubscribes when there is nothing to follow')
})

t.test('statuses that were missed while the connection was lost are loaded', async t => {
  const it = setUp()
  it.queue.add([makeFile('a.mp3'), makeFile('b.mp3')])
  it.requests[0]!.accept('A')
  it.requests[1]!.accept('B')
  await settle()
  it.states.set('A', { status: 'failed', reason: 'notAudio' })
  it.subscription!.missed()
  await settle()
  t.same(it.shown(), ['a.mp3 failed'], 'b.mp3 was deleted elsewhere')
  t.match(it.queue.view.announcement, /a\.mp3 failed: There’s no audio/)
})

t.test('a failed upload has a message and can be tried again, which removes the first song', async t => {
  const it = setUp()
  it.queue.add([makeFile('a.mp3')])
  it.requests[0]!.refuse(new CodedError('UNAVAILABLE', 'The file did not get through.'))
  await settle()
  t.match(it.queue.view.uploads, [
    { state: 'failed', error: { message: 'The file did not get through.', isRetryable: true } }
  ])
  it.queue.retry(it.queue.view.uploads[0]!.id)
  t.same(it.shown(), ['a.mp3 sending'])
  it.requests[1]!.accept('A')
  await settle()
  it.subscription!.status({ songId: 'A', status: 'failed', reason: 'interrupted' })
  it.queue.retry(it.queue.view.uploads[0]!.id)
  t.same(it.removed, ['A'])
  t.same(it.shown(), ['a.mp3 sending'])
})

t.test('invalid files are not sent', async t => {
  const it = setUp({ leftBytes: 50, maxFileBytes: 100 })
  it.queue.add([
    makeFile('a.txt'),
    makeFile('b.mp3', 0),
    makeFile('c.mp3', 101),
    makeFile('d.mp3', 60),
    makeFile('e.mp3', 20)
  ])
  t.equal(it.requests.length, 1)
  t.same(
    it.queue.view.uploads.map(({ error }) => error?.message),
    [
      'This isn’t an audio file we can read. Choose MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF, Matroska, XM, MOD, S3M or IT.',
      'This file is empty.',
      'This file is 101 B. The limit is 100 B.',
      'Not enough space: 50 B left. Delete a song first.',
      undefined
    ]
  )
  t.equal(it.queue.view.announcement, 'Uploading e.mp3. 4 files can’t be uploaded')
})

t.test('the queue waits after a rate limit, and continues by itself', async t => {
  const it = setUp()
  it.queue.add([makeFile('a.mp3'), makeFile('b.mp3')])
  it.requests[0]!.refuse(new CodedError('RATE_LIMITED', 'Too many.', { retryAfterMs: 1000 }))
  await settle()
  t.same(it.shown(), ['a.mp3 waiting', 'b.mp3 sending'])
  it.timers[0]!()
  t.same(it.shown(), ['a.mp3 sending', 'b.mp3 sending'])
})

t.test('dismissing an upload removes its song from the server, and clearing the queue does not', async t => {
  const it = setUp()
  it.queue.add(['a.mp3', 'b.mp3', 'c.mp3'].map(name => makeFile(name)))
  const [a, b] = it.queue.view.uploads
  it.requests[0]!.accept('A')
  await settle()
  it.queue.dismiss(a!.id)
  t.same(it.removed, ['A'])
  it.queue.dismiss(b!.id)
  await settle()
  t.same(it.shown(), ['c.mp3 sending'])
  it.queue.clear()
  await settle()
  t.same(it.shown(), [])
  t.same(it.removed, ['A'], 'the songs of the previous account are kept')
})

t.test('sizes are formatted with units of 1024', async t => {
  t.same([0, 1023, 1024, 1_572_864, 104_857_600, 5_368_709_120].map(formatBytes), [
    '0 B',
    '1023 B',
    '1 KB',
    '1.5 MB',
    '100 MB',
    '5 GB'
  ])
})

t.test('what a drop could not give is shown, and does not keep the files from being uploaded', async t => {
  const { queue, requests, shown } = setUp()
  queue.add([new File(['x'], 'a.mp3')], { unreadable: ['Locked'], withoutSongs: ['Pictures'] })
  t.same(shown(), ['a.mp3 sending', 'Locked failed', 'Pictures failed'])
  t.equal(requests.length, 1)
  queue.retry(queue.view.uploads[1]!.id)
  t.equal(requests.length, 1, 'there is nothing to upload again')
})

t.test('the error of a failed song says its cause, and where a damaged file breaks off', async t => {
  const parts = setUp()
  const { queue, requests } = parts
  queue.add([new File(['x'], 'a.mp3'), new File(['x'], 'b.mp3')])
  requests[0]!.accept('a')
  requests[1]!.accept('b')
  await new Promise(resolve => setTimeout(resolve, 0))
  const fail = (songId: string, failure: SongUpdate['failure']) =>
    parts.subscription!.status({ songId, status: 'failed', reason: 'notAudio', ...(failure && { failure }) })
  fail('a', { cause: 'damaged', atMs: 65_000 })
  fail('b', { cause: 'unsupportedCodec' })
  t.match(queue.view.uploads, [{ error: { message: /breaks off at 1:05/ } }, { error: { message: /can’t decode/ } }])
  const newer = processingErrorOf({
    reason: 'notAudio',
    failure: { cause: 'newer' } as unknown as { cause: 'damaged' }
  })
  t.match(newer.message, /no audio/, 'a cause that only a newer server knows')
})
