import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { release } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { prebuiltSums } from '../../../scripts/worker/prebuilt-sums.ts'
import { downloadPrebuilt, findPrebuilt, prebuiltUrl } from '../../../scripts/worker/prebuilt.ts'

const mediasoup = { folder: '/nowhere', version: '3.27.1', repositoryUrl: 'https://host.test/mediasoup' }
const file = `mediasoup-worker-3.27.1-${process.platform}-${process.arch}-kernel${release().split('.')[0]}.tgz`

/** Starts a mirror that serves a worker with this exit code. */
async function startMirror(t: Test, exitCode: number): Promise<{ url: string; sha256: string }> {
  const folder = t.testdir({ 'mediasoup-worker': `#!/bin/sh\nexit ${exitCode}\n` })
  execFileSync('tar', ['-czf', 'worker.tgz', 'mediasoup-worker'], { cwd: folder })
  const archive = readFileSync(join(folder, 'worker.tgz'))
  const mirror = await listen(t, url => (url === '/3.27.1/worker.tgz' ? archive : undefined))
  return { url: `${mirror}/3.27.1/worker.tgz`, sha256: createHash('sha256').update(archive).digest('hex') }
}

async function listen(t: Test, answer: (url: string) => Buffer | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '')
    response.writeHead(body ? 200 : 404).end(body)
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
}

t.test('the URL is the one that mediasoup uses', async t => {
  t.equal(prebuiltUrl(mediasoup, {}), `https://host.test/mediasoup/releases/download/3.27.1/${file}`)
  t.equal(
    prebuiltUrl(mediasoup, { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: 'http://mirror.test' }),
    `http://mirror.test/3.27.1/${file}`
  )
})

t.test('a worker that runs is installed, and no temporary file remains', async t => {
  const mirror = await startMirror(t, 41)
  const cache = join(t.testdirName, 'cache')
  const place = join(cache, 'v1', 'mediasoup-worker')
  await downloadPrebuilt(mirror, cache, place)
  t.match(readFileSync(place, 'utf8'), 'exit 41')
  t.same(readdirSync(cache), ['v1'])
  t.same(readdirSync(join(cache, 'v1')), ['mediasoup-worker'])
})

t.test('a worker that does not run on this machine is not installed', async t => {
  const mirror = await startMirror(t, 127)
  const cache = join(t.testdirName, 'cache')
  const place = join(cache, 'v1', 'mediasoup-worker')
  await t.rejects(downloadPrebuilt(mirror, cache, place), /does not run on this machine/)
  t.notOk(existsSync(place))
})

t.test('a mirror without the worker causes an error', async t => {
  const mirror = await startMirror(t, 41)
  await t.rejects(
    downloadPrebuilt({ ...mirror, url: `${mirror.url}.other` }, join(t.testdirName, 'cache'), '/nowhere/worker'),
    /the answer was 404/
  )
})

t.test('an archive with another checksum is neither unpacked nor installed', async t => {
  const { url, sha256 } = await startMirror(t, 41)
  const cache = join(t.testdirName, 'cache')
  const place = join(cache, 'v1', 'mediasoup-worker')
  const expected = '0'.repeat(64)
  await t.rejects(downloadPrebuilt({ url, sha256: expected }, cache, place), {
    message: `its SHA-256 is ${sha256} instead of ${expected}`
  })
  t.notOk(existsSync(place))
  t.same(readdirSync(cache), [], 'no temporary file remains')
})

t.test('only an archive whose checksum is known is downloaded', async t => {
  const [ours, theirs] = ['a'.repeat(64), 'B'.repeat(64)]
  const url = prebuiltUrl(mediasoup, {})
  t.throws(() => findPrebuilt(mediasoup, {}, {}), { message: `no checksum is pinned for ${file}` })
  t.throws(() => findPrebuilt(mediasoup, {}, { 'mediasoup-worker-3.27.0-linux-x64-kernel6.tgz': ours }))
  t.same(findPrebuilt(mediasoup, {}, { [file]: ours }), { url, sha256: ours })
  const env = { MEDIASOUP_WORKER_PREBUILT_SHA256: theirs }
  t.same(findPrebuilt(mediasoup, env, { [file]: ours }), { url, sha256: theirs.toLowerCase() })
  t.throws(() => findPrebuilt(mediasoup, { MEDIASOUP_WORKER_PREBUILT_SHA256: 'abc' }, {}), /is not a SHA-256/)
})

t.test('every pinned checksum is a SHA-256 of an archive of one machine', async t => {
  for (const [name, sum] of Object.entries(prebuiltSums)) {
    t.match(name, /^mediasoup-worker-\d+\.\d+\.\d+-(linux|darwin)-(x64|arm64)(-kernel\d+)?\.tgz$/)
    t.match(sum, /^[0-9a-f]{64}$/)
  }
})
