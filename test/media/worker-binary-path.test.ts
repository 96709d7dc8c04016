import { homedir } from 'node:os'
import t from 'tap'

import { cachedWorkerPath, cacheFolder, mediasoupVersion } from '../../media/worker-binary.ts'

t.test('the cache is where the XDG specification says', async t => {
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/var/cache/somebody', HOME: '/home/somebody' }), '/var/cache/somebody/ambient')
  t.equal(cacheFolder({ HOME: '/home/somebody' }), '/home/somebody/.cache/ambient')
  t.equal(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/somebody' }), '/home/somebody/.cache/ambient')
  t.equal(cacheFolder({}), `${homedir()}/.cache/ambient`)
})

t.test('another mediasoup, architecture or recipe is another file', async t => {
  const folder = cachedWorkerPath({ HOME: '/home/somebody' }).split('/').at(-2)
  t.match(folder, new RegExp(`^mediasoup-worker-${mediasoupVersion}-${process.arch}-r\\d+$`))
})
