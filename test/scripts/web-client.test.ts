import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

import { sourceStamp } from '../../scripts/web-client.ts'

function tree() {
  return {
    web: { 'main.tsx': 'a', dist: { 'index.html': 'built' }, pages: { 'show.tsx': 'b' } },
    client: { 'ambient.ts': 'c' },
    contract: { 'room.ts': 'd' },
    'package-lock.json': '{}',
    'tsconfig.json': '{}',
    'server.ts': 'e'
  }
}

const changes: Record<string, [path: string, changed: boolean]> = {
  'a source of the web client': ['web/pages/show.tsx', true],
  'the client library': ['client/ambient.ts', true],
  'the contract': ['contract/room.ts', true],
  'a dependency': ['package-lock.json', true],
  'a new source': ['web/pages/new.tsx', true],
  'the build itself': ['web/dist/index.html', false],
  'the server': ['server.ts', false]
}

for (const [what, [path, changed]] of Object.entries(changes)) {
  t.test(`${what}: ${changed ? 'causes a new build' : 'causes no build'}`, async t => {
    const root = t.testdir(tree())
    const before = await sourceStamp(root)
    writeFileSync(join(root, path), 'changed')
    t.equal((await sourceStamp(root)) !== before, changed)
  })
}

t.test('a renamed source causes a new build', async t => {
  const root = t.testdir(tree())
  const before = await sourceStamp(root)
  renameSync(join(root, 'web/main.tsx'), join(root, 'web/entry.tsx'))
  t.not(await sourceStamp(root), before)
})
