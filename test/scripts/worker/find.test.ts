import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { SetupError } from '../../../scripts/setup-error.ts'
import { findWorker } from '../../../scripts/worker/find.ts'

const mediasoup = { folder: '/nowhere', version: '3.27.1', repositoryUrl: 'http://127.0.0.1:9' }

/** Creates a cache folder with programs that end with the given exit codes. */
function cacheWith(t: Test, programs: Record<string, number>) {
  const cache = t.testdir(
    Object.fromEntries(Object.entries(programs).map(([name, code]) => [name, `#!/bin/sh\nexit ${code}\n`]))
  )
  for (const name of Object.keys(programs)) chmodSync(join(cache, name), 0o755)
  return { cache, place: join(cache, 'worker') }
}

t.test('the worker of MEDIASOUP_WORKER_BIN has priority over the cached worker', async t => {
  const { cache, place } = cacheWith(t, { given: 41, worker: 41 })
  const given = join(cache, 'given')
  t.equal(await findWorker({ env: { MEDIASOUP_WORKER_BIN: given }, mediasoup, cache, place }), given)
})

t.test('a worker of MEDIASOUP_WORKER_BIN that does not run is rejected by name, and not replaced', async t => {
  const { cache, place } = cacheWith(t, { given: 1, worker: 41 })
  for (const name of ['given', 'missing']) {
    const given = join(cache, name)
    const error = await findWorker({ env: { MEDIASOUP_WORKER_BIN: given }, mediasoup, cache, place }).catch(
      error => error
    )
    t.type(error, SetupError)
    t.match(error.message, given)
  }
})

t.test('the cached worker is used when it runs', async t => {
  const { cache, place } = cacheWith(t, { worker: 41 })
  t.equal(await findWorker({ env: {}, mediasoup, cache, place }), place)
})

t.test('without a cached worker and a download, the worker must be built', async t => {
  const { cache, place } = cacheWith(t, {})
  t.equal(await findWorker({ env: {}, mediasoup, cache, place }), undefined)
  t.equal(
    await findWorker({ env: { MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: 'true' }, mediasoup, cache, place }),
    undefined
  )
})

t.test('a mirror that has the worker is not asked while its checksum is unknown', async t => {
  const { cache, place } = cacheWith(t, {})
  let requests = 0
  const server = createServer((_request, response) => {
    requests++
    response.end()
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('not listening')
  const base = `http://127.0.0.1:${address.port}`
  const version = '9.9.9'
  const env = { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: base }
  const options = { mediasoup: { ...mediasoup, version }, cache, place }
  t.equal(await findWorker({ env, ...options }), undefined)
  t.equal(requests, 0)
  const pinned = { ...env, MEDIASOUP_WORKER_PREBUILT_SHA256: '0'.repeat(64) }
  t.equal(await findWorker({ env: pinned, ...options }), undefined)
  t.equal(requests, 1)
})
