import { randomBytes } from 'node:crypto'
import dns from 'node:dns'
import { createServer, request as sendRequest } from 'node:http'
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
import { findS3Server, type S3Server } from '../../../standins/s3/server.ts'
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

/** Creates a bucket for one test, and a client other than that of the storage. */
async function createBucket(t: Test, { endpoint, keys }: S3Server) {
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

/** Resolves the hosts of the stand-in's domain to 127.0.0.1, and records them. */
function resolveToLoopback(t: Test, hosts: Set<string>): void {
  const real = dns.lookup
  t.teardown(() => {
    dns.lookup = real
  })
  const lookup = (host: string, ...rest: unknown[]) => {
    const isOurs = host.endsWith('.s3.test')
    if (isOurs) hosts.add(host)
    return Reflect.apply(real, dns, [isOurs ? '127.0.0.1' : host, ...rest])
  }
  dns.lookup = Object.assign(lookup, real) as typeof dns.lookup
}

const server = await findS3Server(t)
if (server) {
  t.test('objects are stored on an S3 server', async t => {
    storageSuite(t, {
      listedCount: 1010,
      interruptionsAtNight: true,
      async prepare(t) {
        const { address, client, uploads } = await createBucket(t, server)
        const Bucket = address.bucket
        return {
          place: { home: 's3', address, keys: server.keys },
          async findLeftovers() {
            const { Contents = [] } = await client.send(
              new ListObjectsV2Command({ Bucket, Prefix: 'some/where/.incoming/' })
            )
            return [
              ...(await uploads()).map(({ Key }) => `upload of ${Key}`),
              ...Contents.map(({ Key }) => `draft ${Key}`)
            ]
          },
          async corrupt(key) {
            const Key = `some/where/${key}`
            const { ContentLength = 0, Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }))
            await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(ContentLength, 7), Metadata }))
          }
        }
      }
    })

    t.test('changed bytes are an error for the reader, and objects of others are ignored', async t => {
      const { address, client } = await createBucket(t, server)
      const storage = openS3Storage({ address, keys: server.keys, log: { warn() {} } })
      await storage.put('key', [Buffer.from('original')])
      for (const Key of ['some/where/key', 'some/where/not ours', 'some/where-else', 'other']) {
        await client.send(
          new PutObjectCommand({ Bucket: address.bucket, Key, Body: 'changed!', Metadata: { sha256: 'f'.repeat(64) } })
        )
      }
      await t.rejects(buffer((await storage.get('key'))!.stream), /do not match their checksum/)
      const listed = []
      for await (const { key } of storage.list('')) listed.push(key)
      t.same(listed, ['key'])
      storage.close()
    })

    t.test('a copy that fails within the server leaves the old object, and no draft', async t => {
      const { address, client } = await createBucket(t, server)
      let answer = { status: 500, body: '' }
      const proxy = createServer((request, response) => {
        if (request.headers['x-amz-copy-source'] !== undefined) {
          request.resume()
          response.writeHead(answer.status, { 'content-type': 'application/xml' }).end(answer.body)
        } else {
          request.pipe(
            sendRequest(
              server.endpoint + request.url,
              { method: request.method, headers: request.headers },
              upstream => {
                response.writeHead(upstream.statusCode ?? 0, upstream.headers)
                upstream.pipe(response)
              }
            )
          )
        }
      }).listen(0, '127.0.0.1')
      await new Promise(resolve => proxy.once('listening', resolve))
      const storage = openS3Storage({
        address: { ...address, endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
        keys: server.keys,
        log: { warn() {} }
      })
      t.teardown(() => {
        storage.close()
        proxy.close()
      })
      await storage.put('key', [Buffer.from('original')])
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
        t.equal(String(await buffer((await storage.get('key'))!.stream)), 'original')
      }
      t.same(
        (await client.send(new ListObjectsV2Command({ Bucket: address.bucket }))).Contents?.map(({ Key }) => Key),
        ['some/where/key']
      )
    })

    t.test('the host name may name the bucket instead of the path', async t => {
      const {
        address: { bucket, region }
      } = await createBucket(t, server)
      const hosts = new Set<string>()
      resolveToLoopback(t, hosts)
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
      await storage.removeLeftovers(new AbortController().signal)
      t.same([...hosts], [`${bucket}.s3.test`], 'no other host was used')
    })

    t.test('the check reports a bucket that is missing or refuses our keys', async t => {
      for (const [keys, refusal] of [
        [server.keys, 'NoSuchBucket'],
        [{ ...server.keys, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch']
      ] as const) {
        const storage = openS3Storage({
          address: { ...addressAt(server.endpoint), bucket: 'not-there' },
          keys,
          log: { warn() {} }
        })
        await t.rejects(storage.check())
        await t.rejects(storage.put('a', []), { name: refusal })
        storage.close()
      }
    })
  })
}

t.test('a failing or missing server is UNAVAILABLE to clients, and the cause is logged', async t => {
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
    const calls: Array<() => Promise<unknown>> = [
      async () => await storage.put('a', []),
      async () => await storage.get('a'),
      async () => await storage.stat('a'),
      async () => await storage.delete('a'),
      list
    ]
    for (const call of calls) {
      await t.rejects(call(), { code: 'UNAVAILABLE' })
    }
    t.equal(warnings.length, 5)
    t.notMatch(JSON.stringify(warnings), /secret/)
    await t.rejects(storage.check())
    storage.close()
  }
})
