import t, { type Test } from 'tap'
import { RepositoryUnavailable } from '../../../../../plugins/app/metadata/metadata-repository.ts'
import { startDiscogsStandIn } from '../../../../standins/discogs/server.ts'
import { startLastfmStandIn } from '../../../../standins/lastfm/server.ts'
import type { Failure, RepositoryState } from '../../../../standins/metadata/faults.ts'
import { startMusicBrainzStandIn } from '../../../../standins/musicbrainz/server.ts'
import { configureRepositories, quickPace, signal } from './configured.ts'

const song = { title: 'First Light', artist: 'The Quiet Lanterns', album: null, durationMs: 0 }
const noLimit = { calls: 1000, windowMs: 1000 }

/** Returns the error of a question that must fail. */
async function failureOf(asked: Promise<unknown>): Promise<RepositoryUnavailable> {
  const error = await asked.catch((reason: unknown) => reason)
  if (!(error instanceof RepositoryUnavailable)) throw new Error('not RepositoryUnavailable', { cause: error })
  return error
}

interface StandIn {
  state: RepositoryState
  settings: Record<string, string>
  close(): Promise<void>
}

const standIns: Readonly<Record<string, () => Promise<StandIn>>> = {
  musicbrainz: startMusicBrainzStandIn,
  discogs: startDiscogsStandIn,
  lastfm: startLastfmStandIn
}

async function start(t: Test, name: string) {
  const standIn = await standIns[name]!()
  t.teardown(async () => await standIn.close())
  standIn.state.limit = noLimit
  return { ...standIn, ...configureRepositories(standIn.settings, { callTimeoutMs: 500 }) }
}

for (const name of Object.keys(standIns)) {
  t.test(`${name}: whatever is no answer is told as unavailable, and the next question is answered`, async t => {
    const { state, repository, settings, lines, readiness, metricsText } = await start(t, name)
    const outcomes: Readonly<Record<Failure, RegExp>> = {
      html: /answered 200/,
      badGateway: /answered 502/,
      error: /answered 500/,
      silent: /does not answer: TimeoutError/,
      cut: /does not answer/,
      long: /does not answer/,
      redirect: /answered 302/,
      otherForm: /sent an answer of another form/
    }
    for (const [failure, message] of Object.entries(outcomes) as [Failure, RegExp][]) {
      state.failures = [failure]
      const { message: actual, cause } = await failureOf(repository.find(song, signal()))
      t.match(actual, message, failure)
      t.equal(cause, undefined, 'the error of the client may hold the address with the key')
    }
    t.same(await readiness.degraded(), [name], 'operators see that it fails')
    t.match(await repository.find(song, signal()), [{ title: 'First Light' }])
    t.same(await readiness.degraded(), [], 'operators see that it is back')
    const secret = settings.DISCOGS_TOKEN ?? settings.LASTFM_API_KEY ?? 'none'
    t.notMatch(JSON.stringify(lines), secret)
    const text = await metricsText()
    t.match(text, `ambient_metadata_calls_total{source="${name}",outcome="away"} 3`)
    t.match(text, `ambient_metadata_calls_total{source="${name}",outcome="failed"} 4`)
    t.match(text, `ambient_metadata_calls_total{source="${name}",outcome="invalid"} 1`)
    t.match(text, `ambient_metadata_call_wait_seconds_count{source="${name}"}`)
  })

  t.test(`${name}: a refused key is told to operators once, and not tried again for some time`, async t => {
    const { state, repository, settings, lines, readiness } = await start(t, name)
    state.refusesKey = true
    for (let i = 0; i < 3; i++) {
      const { message, retryAfterMs } = await failureOf(repository.find(song, signal()))
      t.equal(message, `${name} refused the key`)
      t.ok(retryAfterMs !== undefined && retryAfterMs > 590_000)
    }
    t.equal(state.calls.length, 1)
    const warnings = lines.filter(line => 'message' in line && line.message === 'metadata repository refused the key')
    t.match(warnings, [{ source: name }])
    t.equal(warnings.length, 1)
    t.same(await readiness.reasons(), [], 'the server is ready')
    t.same(await readiness.degraded(), [name])
    t.notMatch(JSON.stringify(lines), settings.DISCOGS_TOKEN ?? settings.LASTFM_API_KEY ?? 'none')
  })

  t.test(`${name}: no call goes out while the limit is reached`, async t => {
    const { state, repository } = await start(t, name)
    state.limit = { calls: 0, windowMs: 60_000 }
    state.retryAfterS = name === 'lastfm' ? null : 7
    const { retryAfterMs } = await failureOf(repository.find(song, signal()))
    t.equal(retryAfterMs, name === 'lastfm' ? 5000 : 7000)
    const spareInMs = await repository.spareInMs()
    t.ok(spareInMs > 3000 && spareInMs <= 7000, `${spareInMs} ms`)
    const leaving = new AbortController()
    const waiting = repository.find(song, leaving.signal)
    leaving.abort(new Error('nobody waits any longer'))
    await t.rejects(waiting, new Error('nobody waits any longer'), 'its own reason, since the repository did not fail')
    t.equal(state.calls.length, 1)
  })

  t.test(`${name}: a closed port`, async t => {
    const { repository, close } = await start(t, name)
    await close()
    t.match((await failureOf(repository.find(song, signal()))).message, 'does not answer: ECONNREFUSED')
  })
}

t.test('Last.fm: errors come with any status', async t => {
  const standIn = await startLastfmStandIn()
  t.teardown(async () => await standIn.close())
  for (const status of [200, 400, 403, 404, 500]) {
    standIn.state.limit = noLimit
    standIn.state.errorStatus = status
    const { repository } = configureRepositories(standIn.settings)
    standIn.state.error = 8
    t.match((await failureOf(repository.find(song, signal()))).message, `answered ${status}`, 'error 8')
    standIn.state.error = 6
    t.same(await repository.find(song, signal()), [], `error 6 with status ${status}`)
    t.equal(await repository.artist('Nobody', signal()), null)
    standIn.state.error = 29
    t.equal((await failureOf(repository.find(song, signal()))).retryAfterMs, 5000)
    standIn.state.error = 26
    const other = configureRepositories(standIn.settings).repository
    t.match((await failureOf(other.find(song, signal()))).message, 'refused the key')
    standIn.state.error = null
  }
})

t.test('Discogs: calls of other programs with the same address count', async t => {
  const standIn = await startDiscogsStandIn()
  t.teardown(async () => await standIn.close())
  const { repository } = configureRepositories(standIn.settings, { paces: { discogs: quickPace } })
  standIn.state.otherCalls = 50
  t.ok(await repository.artist('11', signal()))
  t.ok((await repository.spareInMs()) < 1000)
  standIn.state.otherCalls = 59
  t.ok(await repository.artist('11', signal()), 'an answer is an answer')
  t.ok((await repository.spareInMs()) > 5000, 'nothing is left of the moving minute')
})

t.test('MusicBrainz: one call per second at most, also for many questions', async t => {
  const standIn = await startMusicBrainzStandIn()
  t.teardown(async () => await standIn.close())
  const { repository } = configureRepositories(standIn.settings, { paces: {} })
  const unknown = ['One', 'Two', 'Three'].map(title => ({ ...song, title: `Unheard of ${title}` }))
  const answers = await Promise.all(unknown.map(async question => await repository.find(question, signal())))
  t.same(answers, [[], [], []])
  t.equal(standIn.state.throttled, 0)
})
