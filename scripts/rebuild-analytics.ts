import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import type { Collection } from 'mongodb'
import { loadDataConfig } from '../config/config.ts'
import { CodedError } from '../contract/errors.ts'
import { createCreatorAudience } from '../plugins/app/analytics/creator-audience.ts'
import { settleMs } from '../plugins/app/analytics/finishing.ts'
import { createResults } from '../plugins/app/analytics/results.ts'
import { createStoredAnalytics } from '../plugins/app/analytics/stored-analytics.ts'
import { createUsers, type UserDocument } from '../plugins/app/people/users.ts'
import { openPseudonyms } from '../plugins/app/privacy/pseudonyms.ts'
import { createAudienceLog } from '../plugins/app/shows/audience-log.ts'
import type { ShowDocument } from '../plugins/app/shows/document.ts'
import { createEventLog } from '../plugins/app/shows/event-log.ts'
import { openEventTables } from '../plugins/app/shows/event-tables.ts'
import { createStartedShows } from '../plugins/app/shows/started-shows.ts'
import { migrate } from '../plugins/app/operations/migrations/migrate.ts'
import metrics from '../plugins/external/metrics.ts'
import mongodb from '../plugins/external/mongodb.ts'
import records from '../plugins/external/records.ts'
import tracing from '../plugins/external/tracing.ts'
import { joinId, runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { percentOf, reportTo } from './progress.ts'

const usage = `Computes the analytics of ended shows again: npm run analytics:rebuild [-- --show ID]

Reads the log of every ended show, or of the show with the id ID, and stores its numbers in place of those stored
before. The same log gives the same numbers. Takes the settings of the server; stop the server first when it has no
MONGODB_URL. You may stop the command at any time and start it again.
`

interface Arguments {
  showId: string | undefined
}

async function openApp({ env, stderr }: CommandContext) {
  const app = Fastify({ logger: { level: 'warn', stream: stderr }, pluginTimeout: 0 })
  app.decorate('config', loadDataConfig(env))
  try {
    await app.register(mongodb)
    await app.register(metrics)
    await app.register(tracing)
    await app.register(records)
    await app.ready()
    await migrate({ db: app.db, logger: app.log })
    return app
  } catch (error) {
    // Parts that are open would keep the process running.
    await app.close()
    throw error
  }
}

/**
 * Returns the ids of all shows that started and ended, oldest first, since a return rate needs the earlier ones. A show
 * that has just ended may not be stored completely; the server stores its numbers later.
 */
async function listEndedIds(shows: Collection<ShowDocument>): Promise<string[]> {
  const endedAt = { $lte: new Date(Date.now() - settleMs) }
  const ended = { status: 'ended', startedAt: { $type: 'date' }, endedAt } as const
  const found = await shows
    .find(ended, { projection: { startedAt: 1 } })
    .sort({ startedAt: 1 })
    .toArray()
  return found.map(({ _id }) => _id)
}

async function run({ showId }: Arguments, context: CommandContext): Promise<void> {
  const app = await openApp(context)
  const { db } = app
  const report = reportTo(context.stdout)
  try {
    const pseudonymOf = await openPseudonyms(db)
    const collection = db.collection<ShowDocument>('shows')
    const shows = await createStartedShows(collection)
    const results = createResults({
      eventLog: createEventLog(await openEventTables(app.records)),
      audienceLog: await createAudienceLog(app.records, pseudonymOf),
      stored: await createStoredAnalytics(app.records),
      audience: await createCreatorAudience(db, pseudonymOf),
      findStarted: shows.findStarted,
      users: await createUsers(db.collection<UserDocument>('users')),
      nowMs: Date.now
    })
    if (showId !== undefined) {
      const show = await shows.findStarted(showId)
      if (show?.status !== 'ended') throw new CodedError('NOT_FOUND', `There is no ended show with the id ${showId}.`)
      if ((show.endedAt?.getTime() ?? 0) > Date.now() - settleMs) {
        throw new CodedError('CONFLICT', 'This show has just ended. Try again in a minute.')
      }
    }
    const showIds = showId === undefined ? await listEndedIds(collection) : [showId]
    const update = report.start('computing the analytics of shows')
    const computed = await results.rebuild(showIds, done => update(percentOf(done, showIds.length)))
    report.finish()
    report.log(`the analytics of ${computed} shows are stored`)
  } finally {
    await app.close()
  }
}

function parse(args: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({ args: joinId(args, '--show'), options: { show: { type: 'string' } } })
  return { showId: values.show }
}

export const rebuildCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(rebuildCommand)
