import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

import t from 'tap'

const script = join(import.meta.dirname, '..', '..', 'scripts', 'compose-env.sh')
const made = () => parseEnv(execFileSync(script, ['radio.example.org', '203.0.113.7'], { encoding: 'utf8' }))

t.test('each call prints new secrets, which are long and safe in a URL', async t => {
  const [one, two] = [made(), made()]
  for (const name of ['JWT_KEYS', 'TOKEN_KEYS', 'MONGODB_PASSWORD', 'REDIS_PASSWORD', 'TURN_SECRET']) {
    t.match(one[name], /^(first:)?[0-9a-f]{64}$/, name)
    t.not(one[name], two[name], name)
  }
  t.match(one, { AMBIENT_HOST: 'radio.example.org', MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7' })
})

t.test('without both arguments, it prints the usage and no settings', async t => {
  const { status, stdout, stderr } = spawnSync(script, ['radio.example.org'], { encoding: 'utf8' })
  t.same([status, stdout], [2, ''])
  t.match(stderr, /Usage/)
})
