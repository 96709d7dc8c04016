import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { CreateBucketCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import type { S3Address } from '../../config/storage-url.ts'
import type { Page } from '../../contract/paging.ts'
import type { Song } from '../../contract/songs.ts'
import { createS3Client } from '../../plugins/external/storage/s3-client.ts'
import { openS3Storage } from '../../plugins/external/storage/s3-storage.ts'
import { signIn } from '../users.ts'
import { until } from '../realtime/real-app.ts'
import { startServer } from '../server-process.ts'
import { findS3Server, type S3Server } from '../standins/s3/server.ts'
import { fileNamesIn, makeFile } from './files.ts'
import { startUpload } from './interrupted-upload.ts'
import { settled, uploaded } from './uploads.ts'

// Large, so that a bucket stores it in more than two parts, but short, so that it is transcoded soon.
const large = await makeFile('large.wav', ['-ac', '2', '-ar', '192000', '-c:a', 'pcm_s32le'], 'sine=duration=12')

/** A storage that is not a folder: the settings of a server for it, and what a test can look at from outside. */
interface StorageUnderTest {
  settings: Record<string, string>
  /** Whether parts of an upload have arrived. */
  hasBegun?(): Promise<boolean>
  keys?(): Promise<string[]>
}

async function createBucket(t: Test, { endpoint, keys: s3Keys }: S3Server): Promise<StorageUnderTest> {
  const Bucket = `ambient-${randomBytes(6).toString('hex')}`
  const address: S3Address = {
    home: 's3',
    bucket: Bucket,
    prefix: 'songs',
    endpoint,
    region: 'us-east-1',
    pathStyle: true
  }
  const client = createS3Client(address, s3Keys)
  const storage = openS3Storage({ address, keys: s3Keys, log: { warn() {} } })
  await client.send(new CreateBucketCommand({ Bucket }))
  t.teardown(() => {
    client.destroy()
    storage.close()
  })
  return {
    settings: {
      STORAGE_URL: `s3://${Bucket}/songs?endpoint=${endpoint}`,
      AWS_ACCESS_KEY_ID: s3Keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3Keys.secretAccessKey
    },
    hasBegun: async () => ((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).length > 0,
    async keys() {
      const keys: string[] = []
      for await (const { key } of storage.list('')) keys.push(key)
      return keys
    }
  }
}

/** Kills a server while it receives an upload, and again while it transcodes a song. */
async function killTwice(
  t: Test,
  { settings, hasBegun = async () => true, keys = async () => [] }: StorageUnderTest
): Promise<void> {
  const server = await startServer({ ...settings, SONG_LEASE_MS: '1000' })
  t.teardown(async () => await server.close())
  const owner = await signIn(server.url, 'Owner')
  const list = async () => (await owner.rest<Page<Song>>('GET', '/v1/songs')).items

  await startUpload({
    url: server.url,
    token: owner.token,
    fileName: 'half.wav',
    file: large,
    sentBytes: large.length - 1000
  })
  await until(hasBegun)
  await server.stop('SIGKILL')
  await server.restart()
  t.same(await list(), [], 'the interrupted upload is not listed')
  t.same(await keys(), [])

  const { id } = await uploaded(server.url, owner, large)
  const workFolder = join(server.env.DATA_DIR!, 'song-work')
  await until(async () => (await fileNamesIn(workFolder)).includes('song.opus.ogg'))
  await server.stop('SIGKILL')
  await server.restart()
  const song = await settled(owner, id)
  t.equal(song.status, 'ready', 'the interrupted song becomes ready')
  t.equal((await (await fetch(server.url + song.audioUrl)).arrayBuffer()).byteLength, song.sizeBytes)
  const stored = await keys()
  if (stored.length > 0) await until(async () => (await keys()).join() === `songs/${id}/audio.opus.ogg`)
  await owner.rest('DELETE', `/v1/songs/${id}`)
  await until(async () => (await keys()).length === 0)
}

t.test(
  'a server killed with songs in the database',
  async t => await killTwice(t, { settings: { STORAGE_URL: 'gridfs:' } })
)

const server = await findS3Server(t)
if (server) {
  t.test('a server killed with songs in a bucket', async t => await killTwice(t, await createBucket(t, server)))
}
