/*
 * npm run check:openapi [-- SEED]
 *
 * Runs Schemathesis for a limited time against the real server, as an operator who has shows. Exits with the exit code
 * of Schemathesis. The same seed makes the same requests, as many as the time allows.
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
const highLimit = '100000000'

/** Operations that would end the sign-in used by all requests. */
const signInEnding = ['eraseMe', 'endMySession']

/**
 * Returns the configuration. It turns off checks that do not fit the contract:
 *
 * - `unsupported_method` expects 405 where the contract has 404.
 * - `positive_data_acceptance` expects every string to be accepted, but texts must also be readable (`x-text`).
 * - Requests without a token expect 401, but routes of operators answer 404. test/attacks/idor.test.ts tests them.
 * - A form with an invalid part after its file is accepted, because a form is read only up to its file.
 * - `ensure_resource_availability` expects no 404 for a show that was just created. But without a token, a private show
 *   answers 404, and so do the parts of it that need none; before its end, a show has no replay and no transcript;
 *   before its start, no stream; and `acceptInvitation` answers 404 for an unknown token.
 */
function createConfig(token: string): string {
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
include-operation-id = ["putMyAvatar", "putShowCover"]
checks.negative_data_rejection.enabled = false

[[operations]]
include-operation-id = ["getShow", "listComments", "listSongsOnAir", "getPlaylist", "acceptInvitation"]
checks.ensure_resource_availability.enabled = false

[[operations]]
include-path-regex = "/shows/{showId}/(replay|transcript)|^/live/"
checks.ensure_resource_availability.enabled = false
`
}

/** Signs in a person who has scheduled and ended shows, so that requests find some. */
async function createPersonWithShows(url: string): Promise<TestUser> {
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
  await writeFile(config, createConfig(token))
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
      ...signInEnding.flatMap(operationId => ['--exclude-operation-id', operationId])
    ],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] }
  )
  const [code] = await once(child, 'exit')
  await rm(folder, { recursive: true, force: true })
  return code ?? 1
}

const [program, seed = '1'] = process.argv.slice(2)
if (program === undefined) throw new Error('Name the schemathesis program, as .ci/schemathesis does.')
const server = await startServer({
  AUTH_GUESTS: 'on',
  LIMIT_REPORTS_PER_HOUR: highLimit,
  LIMIT_REST_PER_MINUTE: highLimit,
  LIMIT_EDITS_PER_MINUTE: highLimit,
  LIMIT_AUTH_PER_MINUTE: highLimit
})
try {
  const { id, token } = await createPersonWithShows(server.url)
  await server.restart({ OPERATOR_IDS: id })
  process.exitCode = await run(program, seed, server.url, token)
} finally {
  await server.close()
}
