import { randomBytes } from 'node:crypto'
import dns from 'node:dns'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand
} from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { parseStorageUrl, type S3Address } from '../../../../config/storage-url.ts'
import { createS3Client } from '../../../../plugins/external/storage/s3-client.ts'
import { openS3Storage } from '../../../../plugins/external/storage/s3-storage.ts'
import { s3Server, type S3Server } from '../../../standins/s3/server.ts'
import { storageSuite } from '../storage-suite.ts'

const keys = { accessKeyId: 'id', secretAccessKey: 'secret' }
const addressAt = (endpoint: string): S3Address => ({
  home: 's3',
  bucket: `ambient-${randomBytes(6).toString('hex')}`,
  prefix: 'some/where',
  endpoint,
  region: 'us-east-1',
  pathStyle: true
})

/** A bucket of its own for each test, with a client beside the storage's. */
async function ownBucket(t: Test, { endpoint, keys }: S3Server) {
  const address = addressAt(endpoint)
  const Bucket = address.bucket
  const client = createS3Client(address, keys)
  await client.send(new CreateBucketCommand({ Bucket }))
  const uploads = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []
  t.teardown(async () => {
    for (const { Key, UploadId } of await uploads()) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    }
    for (;;) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
      if (Contents.length === 0) break
      for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }))
    }
    await client.send(new DeleteBucketCommand({ Bucket }))
    client.destroy()
  })
  return { address, client, uploads }
}

/** Sends whoever asks for a host of the stand-in's domain to 127.0.0.1, as a name server would, and notes the host. */
function resolveOurselves(t: Test, asked: Set<string>): void {
  const real = dns.lookup
  t.teardown(() => {
    dns.lookup = real
  })
  const lookup = (host: string, ...rest: unknown[]) => {
    const isOurs = host.endsWith('.s3.test')
    if (isOurs) asked.add(host)
    return Reflect.apply(real, dns, [isOurs ? '127.0.0.1' : host, ...rest])
  }
  dns.lookup = Object.assign(lookup, real) as typeof dns.lookup
}

const server = await s3Server(t)
if (server) {
  t.test('on an S3 server', async t => {
    storageSuite(t, {
      listed: 1010,
      async prepare(t) {
        const { address, client, uploads } = await ownBucket(t, server)
        const Bucket = address.bucket
        return {
          place: { home: 's3', address, keys: server.keys },
          async remains() {
            const { Contents = [] } = await client.send(
              new ListObjectsV2Command({ Bucket, Prefix: 'some/where/.incoming/' })
            )
            return [
              ...(await uploads()).map(({ Key }) => `upload of ${Key}`),
              ...Contents.map(({ Key }) => `draft ${Key}`)
            ]
          },
          async spoil(key) {
            const Key = `some/where/${key}`
            const { ContentLength = 0, Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }))
            await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(ContentLength, 7), Metadata }))
          }
        }
      }
    })

    t.test("bytes that changed are an error for who reads them, and others' objects are none of ours", async t => {
      const { address, client } = await ownBucket(t, server)
      const storage = openS3Storage({ address, keys: server.keys, log: { warn() {} } })
      await storage.put('key', [Buffer.from('as it was')])
      for (const Key of ['some/where/key', 'some/where/not ours', 'some/where-else', 'other']) {
        await client.send(
          new PutObjectCommand({ Bucket: address.bucket, Key, Body: 'as it is.', Metadata: { sha256: 'f'.repeat(64) } })
        )
      }
      await t.rejects(buffer((await storage.get('key'))!.stream), /not those that were stored/)
      const listed = []
      for await (const { key } of storage.list('')) listed.push(key)
      t.same(listed, ['key'])
      storage.close()
    })

    t.test('a copy that fails within the server leaves what was there, and no draft', async t => {
      const { address, client } = await ownBucket(t, server)
      let answer = { status: 500, body: '' }
      const between = createServer((asked, answered) => {
        if (asked.headers['x-amz-copy-source'] !== undefined) {
          asked.resume()
          answered.writeHead(answer.status, { 'content-type': 'application/xml' }).end(answer.body)
        } else {
          asked.pipe(
            request(server.endpoint + asked.url, { method: asked.method, headers: asked.headers }, far => {
              answered.writeHead(far.statusCode ?? 0, far.headers)
              far.pipe(answered)
            })
          )
        }
      }).listen(0, '127.0.0.1')
      await new Promise(resolve => between.once('listening', resolve))
      const storage = openS3Storage({
        address: { ...address, endpoint: `http://127.0.0.1:${(between.address() as AddressInfo).port}` },
        keys: server.keys,
        log: { warn() {} }
      })
      t.teardown(() => {
        storage.close()
        between.close()
      })
      await storage.put('key', [Buffer.from('as it was')])
      const failure =
        '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>no</Message></Error>'
      for (answer of [
        { status: 500, body: failure },
        { status: 200, body: failure }
      ]) {
        await t.rejects(
          storage.put('key', [randomBytes(9 * 1024 * 1024)]),
          { code: 'UNAVAILABLE' },
          `answered with ${answer.status}`
        )
        t.equal(String(await buffer((await storage.get('key'))!.stream)), 'as it was')
      }
      t.same(
        (await client.send(new ListObjectsV2Command({ Bucket: address.bucket }))).Contents?.map(({ Key }) => Key),
        ['some/where/key']
      )
    })

    t.test("the bucket in the host's name instead of in the path", async t => {
      const {
        address: { bucket, region }
      } = await ownBucket(t, server)
      const asked = new Set<string>()
      resolveOurselves(t, asked)
      const { port } = new URL(server.endpoint)
      const address = parseStorageUrl(
        `s3://${bucket}/live?endpoint=http://s3.test:${port}&region=${region}&pathStyle=off`
      )
      if (address?.home !== 's3') throw new Error('no bucket')
      const storage = openS3Storage({ address, keys: server.keys, log: { warn() {} } })
      t.teardown(() => storage.close())
      await storage.check()
      const long = randomBytes(9 * 1024 * 1024)
      for (const content of [Buffer.from('short'), long]) {
        await storage.put('songs/one', [content])
        t.ok((await buffer((await storage.get('songs/one'))!.stream)).equals(content))
      }
      const listed = []
      for await (const { key } of storage.list('songs/')) listed.push(key)
      t.same(listed, ['songs/one'])
      await storage.delete('songs/one')
      t.equal(await storage.stat('songs/one'), null)
      await storage.tidy(new AbortController().signal)
      t.same([...asked], [`${bucket}.s3.test`], 'no other host was asked')
    })

    t.test('a bucket that is not there, or not for us, is told by the check', async t => {
      for (const [its, refusal] of [
        [server.keys, 'NoSuchBucket'],
        [{ ...server.keys, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch']
      ] as const) {
        const storage = openS3Storage({
          address: { ...addressAt(server.endpoint), bucket: 'not-there' },
          keys: its,
          log: { warn() {} }
        })
        await t.rejects(storage.check())
        await t.rejects(storage.put('a', []), { name: refusal })
        storage.close()
      }
    })
  })
}

t.test('a server that fails or is not there is UNAVAILABLE to clients, and why is logged', async t => {
  const failing = createServer((_request, response) => {
    response.writeHead(503).end()
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => failing.once('listening', resolve))
  t.teardown(() => failing.close())
  for (const endpoint of [`http://127.0.0.1:${(failing.address() as AddressInfo).port}`, 'http://127.0.0.1:1']) {
    const warnings: unknown[] = []
    const storage = openS3Storage({
      address: addressAt(endpoint),
      keys,
      log: {
        warn: (...args: unknown[]) => {
          warnings.push(args)
        }
      }
    })
    const list = async () => {
      await storage.list('')[Symbol.asyncIterator]().next()
    }
    const asks: Array<() => Promise<unknown>> = [
      async () => await storage.put('a', []),
      async () => await storage.get('a'),
      async () => await storage.stat('a'),
      async () => await storage.delete('a'),
      list
    ]
    for (const ask of asks) {
      await t.rejects(ask(), { code: 'UNAVAILABLE' })
    }
    t.equal(warnings.length, 5)
    t.notMatch(JSON.stringify(warnings), /secret/)
    await t.rejects(storage.check())
    storage.close()
  }
})
