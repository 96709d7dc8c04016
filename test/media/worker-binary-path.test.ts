import { homedir } from 'node:os'
import t from 'tap'

import { cachedWorkerPath, cacheFolder, mediasoupVersion } from '../../media/worker-binary.ts'

t.test('the cache folder follows the XDG specification', async t => {
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/var/cache/user', HOME: '/home/user' }), '/var/cache/user/ambient')
  t.equal(cacheFolder({ HOME: '/home/user' }), '/home/user/.cache/ambient')
  t.equal(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/user' }), '/home/user/.cache/ambient')
  t.equal(cacheFolder({}), `${homedir()}/.cache/ambient`)
})

t.test('each mediasoup version, architecture and build recipe has its own file', async t => {
  const folder = cachedWorkerPath({ HOME: '/home/user' }).split('/').at(-2)
  t.match(folder, new RegExp(`^mediasoup-worker-${mediasoupVersion}-${process.arch}-r\\d+$`))
})
