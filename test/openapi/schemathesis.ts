/*
 * npm run check:openapi [-- SEED]
 *
 * Runs Schemathesis against the real server, as a person who has shows and is an operator, for a bounded time. Its own exit code is ours.
 * The same seed makes the same requests, as many as there is time for.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Show } from '../../contract/shows.ts'
import { signIn, type TestUser } from '../users.ts'
import { startServer } from '../server-process.ts'

const runSeconds = 75
const roomy = '100000000'

/** These would end the person's own sign-in, after which every other answer is UNAUTHENTICATED. */
const selfEnding = ['eraseMe', 'endMySession']

/**
 * What it can't know. It may leave out who we are, and expect to be refused. `unsupported_method` wants 405 where we answer 404;
 * `positive_data_acceptance` takes every string for welcome, where ours must also be something people can read (`x-text`). Operators' routes
 * answer 404 to everybody else, and test/attacks/idor.test.ts holds them to it. A form is read as it comes in, up to its file; what an accepted
 * invitation is not found by is its token, not its show.
 */
function settings(token: string): string {
  return `
[auth.openapi]
bearer = { bearer = "${token}" }

[checks]
unsupported_method.enabled = false
positive_data_acceptance.enabled = false
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "409", "413", "415", "429"]

[[operations]]
include-path-regex = "^/v1/operator/"
checks.ignored_auth.enabled = false
checks.missing_required_header.enabled = false

[[operations]]
include-operation-id = "putMyAvatar"
checks.negative_data_rejection.enabled = false

[[operations]]
include-operation-id = "acceptInvitation"
checks.ensure_resource_availability.enabled = false
`
}

/** A person with a show in each state, so that there is something to be found. */
async function settleIn(url: string): Promise<TestUser> {
  const person = await signIn(url, 'Somebody')
  const [ended] = await Promise.all(
    ['One', 'Two', 'Three'].map(async title => await person.rest<Show>('POST', '/v1/shows', { title }))
  )
  await person.rest('POST', `/v1/shows/${ended?.id}/start`)
  await person.rest('POST', `/v1/shows/${ended?.id}/end`)
  return person
}

async function run(program: string, seed: string, url: string, token: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-schemathesis-'))
  const config = join(folder, 'schemathesis.toml')
  await writeFile(config, settings(token))
  const child = spawn(
    program,
    [
      '--config-file',
      config,
      'run',
      `${url}/docs/openapi.json`,
      '--no-color',
      '--workers',
      '1',
      '--max-time',
      String(runSeconds),
      '--continue-on-failure',
      '--generation-database',
      'none',
      '--seed',
      seed,
      ...selfEnding.flatMap(operationId => ['--exclude-operation-id', operationId])
    ],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] }
  )
  const [code] = await once(child, 'exit')
  await rm(folder, { recursive: true, force: true })
  return code ?? 1
}

const [program, seed = '1'] = process.argv.slice(2)
if (program === undefined) throw new Error('Name the schemathesis program; .ci/schemathesis does.')
const server = await startServer({
  AUTH_GUESTS: 'on',
  LIMIT_REPORTS_PER_HOUR: roomy,
  LIMIT_REST_PER_MINUTE: roomy,
  LIMIT_AUTH_PER_MINUTE: roomy
})
try {
  const { id, token } = await settleIn(server.url)
  await server.restart({ OPERATOR_IDS: id })
  process.exitCode = await run(program, seed, server.url, token)
} finally {
  await server.close()
}
