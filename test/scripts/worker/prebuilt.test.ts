import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { release } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { downloadPrebuilt, prebuiltUrl } from '../../../scripts/worker/prebuilt.ts'

const mediasoup = { folder: '/nowhere', version: '3.27.1', repositoryUrl: 'https://host.test/mediasoup' }
const file = `mediasoup-worker-3.27.1-${process.platform}-${process.arch}-kernel${release().split('.')[0]}.tgz`

/** Starts a mirror that serves a worker with this exit code. */
async function startMirror(t: Test, exitCode: number): Promise<string> {
  const folder = t.testdir({ 'mediasoup-worker': `#!/bin/sh\nexit ${exitCode}\n` })
  execFileSync('tar', ['-czf', 'worker.tgz', 'mediasoup-worker'], { cwd: folder })
  const archive = readFileSync(join(folder, 'worker.tgz'))
  return listen(t, url => (url === '/3.27.1/worker.tgz' ? archive : undefined))
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
  await downloadPrebuilt(`${mirror}/3.27.1/worker.tgz`, cache, place)
  t.match(readFileSync(place, 'utf8'), 'exit 41')
  t.same(readdirSync(cache), ['v1'])
  t.same(readdirSync(join(cache, 'v1')), ['mediasoup-worker'])
})

t.test('a worker that does not run on this machine is not installed', async t => {
  const mirror = await startMirror(t, 127)
  const cache = join(t.testdirName, 'cache')
  const place = join(cache, 'v1', 'mediasoup-worker')
  await t.rejects(downloadPrebuilt(`${mirror}/3.27.1/worker.tgz`, cache, place), /does not run on this machine/)
  t.notOk(existsSync(place))
})

t.test('a mirror without the worker causes an error', async t => {
  const mirror = await startMirror(t, 41)
  await t.rejects(
    downloadPrebuilt(`${mirror}/other.tgz`, join(t.testdirName, 'cache'), '/nowhere/worker'),
    /the answer was 404/
  )
})
