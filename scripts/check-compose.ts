import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

import { Value } from 'typebox/value'

import { loadConfig } from '../config.ts'
import { readDockerfile } from './check-image/dockerfile.ts'
import { ComposeProject, mistakesOf } from './check-compose/project.ts'
import { run } from './command.ts'

// Loads compose.yaml with a .env as scripts/compose-env.sh makes it, and asks: would the server take these settings, and is what the file promises so?
//   node scripts/check-compose.ts LOADER      LOADER is test/standins/compose, built
const root = join(import.meta.dirname, '..')
const [loader] = process.argv.slice(2)
if (loader === undefined) {
  console.error('Usage: node scripts/check-compose.ts LOADER')
  process.exit(2)
}

const timeoutMs = 30_000
const settings = (await run(join(root, 'scripts', 'compose-env.sh'), ['radio.example.org', '203.0.113.7'], { timeoutMs })).join('\n')
// An operator's provider for signing in stands for itself.
const env = { ...parseEnv(settings), PATH: process.env.PATH }
const [printed = ''] = await run(loader, [join(root, 'compose.yaml'), 'turn', 'cluster'], { env, timeoutMs })
const project = Value.Parse(ComposeProject, JSON.parse(printed))
const image = readDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8')).at(-1)

const dataDir = mkdtempSync(join(tmpdir(), 'ambient-compose-'))
try {
  const imageEnv = Object.assign({}, ...(image?.steps ?? []).map((step) => step.kind === 'set' && step.set.what === 'env' ? step.set.values : {}))
  const config = loadConfig({ ...imageEnv, ...project.services.ambient?.environment, DATA_DIR: join(dataDir, randomUUID()) })
  const mistakes = mistakesOf(project, config, (path) => existsSync(path))
  for (const mistake of mistakes) console.error(mistake)
  process.exitCode = mistakes.length === 0 ? 0 : 1
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
