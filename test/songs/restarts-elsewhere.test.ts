import { randomBytes } from 'node:crypto'
import { connect as connectTo } from 'node:net'
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
import { s3Server, type S3Server } from '../standins/s3/server.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

// Of more than two parts, as a bucket keeps it.
const long = await makeFile('long.wav', ['-ac', '2'], 'sine=duration=120')

/** Where songs are kept that is no folder: what the server has to know of it, and how one looks into it from outside, where one can. */
interface Elsewhere {
  settings: Record<string, string>
  /** Whether parts of an upload have arrived. */
  hasBegun?(): Promise<boolean>
  keys?(): Promise<string[]>
}

async function bucketOf(t: Test, { endpoint, keys: ownKeys }: S3Server): Promise<Elsewhere> {
  const Bucket = `ambient-${randomBytes(6).toString('hex')}`
  const address: S3Address = {
    home: 's3',
    bucket: Bucket,
    prefix: 'songs',
    endpoint,
    region: 'us-east-1',
    pathStyle: true
  }
  const client = createS3Client(address, ownKeys)
  const storage = openS3Storage({ address, keys: ownKeys, log: { warn() {} } })
  await client.send(new CreateBucketCommand({ Bucket }))
  t.teardown(() => {
    client.destroy()
    storage.close()
  })
  return {
    settings: {
      STORAGE_URL: `s3://${Bucket}/songs?endpoint=${endpoint}`,
      AWS_ACCESS_KEY_ID: ownKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ownKeys.secretAccessKey
    },
    hasBegun: async () => ((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).length > 0,
    async keys() {
      const keys: string[] = []
      for await (const { key } of storage.list('')) keys.push(key)
      return keys
    }
  }
}

/** A server that is killed while it takes in a song, and again while it makes one. */
async function killTwice(
  t: Test,
  { settings, hasBegun = async () => true, keys = async () => [] }: Elsewhere
): Promise<void> {
  const server = await startServer({ ...settings, SONG_LEASE_MS: '1000' })
  t.teardown(async () => await server.close())
  const owner = await signIn(server.url, 'Owner')
  const list = async () => (await owner.rest<Page<Song>>('GET', '/v1/songs')).items

  const { hostname, port } = new URL(server.url)
  const socket = connectTo(Number(port), hostname)
  socket.on('error', () => {})
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="half.wav"\r\n\r\n'
  socket.write(
    `POST /v1/songs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${head.length + long.length + 9}\r\n\r\n${head}`
  )
  await new Promise(resolve => socket.write(long.subarray(0, -1000), resolve))
  await until(hasBegun)
  await server.stop('SIGKILL')
  await server.restart()
  t.same(await list(), [], 'nothing is seen of what was on its way')
  t.same(await keys(), [])

  const seat = await owner.connect()
  const { id } = await uploaded(server.url, owner, long)
  let progress = 0
  while (progress === 0) progress = (await seat.nextMessage('song:status')).progress ?? 0
  await server.stop('SIGKILL')
  await server.restart()
  const song = await settled(owner, id)
  t.equal(song.status, 'ready', 'what was being made is made after all')
  t.equal((await (await fetch(server.url + song.audioUrl)).arrayBuffer()).byteLength, song.sizeBytes)
  const kept = await keys()
  if (kept.length > 0) await until(async () => (await keys()).join() === `songs/${id}/audio.opus.ogg`)
  await owner.rest('DELETE', `/v1/songs/${id}`)
  await until(async () => (await keys()).length === 0)
}

t.test('killed with songs in the database', async t => await killTwice(t, { settings: { STORAGE_URL: 'gridfs:' } }))

const server = await s3Server(t)
if (server) t.test('killed with songs in a bucket', async t => await killTwice(t, await bucketOf(t, server)))
