import type { FastifyInstance } from 'fastify'
import { createValidation } from '../../plugins/app/http/validation.ts'
import { openMetadata } from '../../plugins/app/metadata/open-metadata.ts'
import type { Songs } from '../../plugins/app/songs/songs.ts'
import { percentOf, type ProgressReport } from '../progress.ts'

export interface AskParts {
  app: Pick<FastifyInstance, 'config' | 'redis' | 'records' | 'storage' | 'metrics' | 'log'>
  songs: Pick<Songs, 'questions'>
  ownerId: string
  report: ProgressReport
  signal: AbortSignal
}

/**
 * Asks the repositories of METADATA_SOURCES for all songs of a person that were not asked for, within the limits of the
 * repositories. Ends early when the signal aborts; the next import and the server go on from there.
 */
export async function askRepositories({ app, songs, ownerId, report, signal }: AskParts): Promise<void> {
  const { config, redis, records, storage } = app
  const { asker, repositories } = await openMetadata({
    config,
    redis,
    records,
    storage,
    questions: songs.questions,
    validator: createValidation().validator,
    notices: { send() {} },
    metrics: app.metrics,
    readiness: { addOptional() {} },
    log: app.log.child({ part: 'metadata' }),
    signal
  })
  const start = await songs.questions.countProgress(ownerId)
  const update = report.start(`asking for metadata: ${repositories.map(({ name }) => name).join(', ')}`)
  let { asked } = start
  update(percentOf(asked, start.total))
  try {
    await asker.run(ownerId, () => update(percentOf(++asked, start.total)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    report.finish()
  }
  const end = await songs.questions.countProgress(ownerId)
  report.log(`repositories were asked for ${end.asked} of ${end.total} songs`)
}
