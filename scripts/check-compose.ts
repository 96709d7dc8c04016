import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseEnv } from 'node:util'

import { Value } from 'typebox/value'

import { ConfigError, loadConfig } from '../config/config.ts'
import { environmentOfStage, readDockerfile } from './check-image/dockerfile.ts'
import { ComposeProject } from './check-compose/compose-project.ts'
import { mistakesOf, nodesOf } from './check-compose/project.ts'
import { run } from './command.ts'
import { SetupError } from './setup-error.ts'

// Checks compose.yaml, alone and with compose.cluster.yaml: usage `node scripts/check-compose.ts LOADER`, where LOADER
// is the built test/standins/compose. Loads the files with the .env that scripts/compose-env.sh prints, and with one
// that an operator has filled in. Checks that the server accepts the settings, and that services, ports and timeouts
// are as promised.
const root = join(import.meta.dirname, '..')
const [loader] = process.argv.slice(2)
if (loader === undefined) {
  console.error('Usage: node scripts/check-compose.ts LOADER')
  process.exit(2)
}

const timeoutMs = 30_000
const printedEnv = parseEnv(
  (await run(join(root, 'scripts', 'compose-env.sh'), ['radio.example.org', '203.0.113.7'], { timeoutMs })).join('\n')
)
const operatorEnv = {
  OIDC_ISSUER: 'https://id.example.org',
  OIDC_CLIENT_ID: 'ambient',
  OIDC_CLIENT_SECRET: 'of-the-app',
  TURN_URLS: 'turn:radio.example.org:3478?transport=udp',
  PUSH_VAPID_KEY: 'E'.repeat(43),
  PUSH_CONTACT: 'mailto:operator@radio.example.org'
}
const image = readDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8')).at(-1)
const imageEnv = image ? environmentOfStage(image) : {}

/**
 * Returns the mistakes in compose files with an environment.
 * @throws SetupError when it does not load, ConfigError when the server rejects its settings
 */
async function mistakesWith(
  files: readonly string[],
  env: Record<string, string | undefined>,
  dataDir: string
): Promise<string[]> {
  const paths = files.map(file => join(root, file)).join(delimiter)
  const [printed = ''] = await run(loader ?? '', [paths, 'turn', 'kafka'], {
    env: { ...env, PATH: process.env.PATH },
    timeoutMs
  })
  const project = Value.Parse(ComposeProject, JSON.parse(printed))
  const configs = nodesOf(project).map(
    ([name, { environment }]) => [name, loadConfig({ ...imageEnv, ...environment, DATA_DIR: dataDir })] as const
  )
  return mistakesOf(project, new Map(configs), existsSync)
}

const dataDir = mkdtempSync(join(tmpdir(), 'ambient-compose-'))
try {
  for (const files of [['compose.yaml'], ['compose.yaml', 'compose.cluster.yaml']]) {
    for (const env of [printedEnv, { ...printedEnv, ...operatorEnv }]) {
      const mistakes = await mistakesWith(files, env, dataDir)
      for (const mistake of mistakes) console.error(`${files.join(' with ')}: ${mistake}`)
      if (mistakes.length > 0) process.exitCode = 1
    }
  }
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
