import { Readable } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import { UnreadableRecord } from './exported-records.ts'
import type { PersonalData } from './personal-data.ts'

/** Number of unreadable records that a log line names. */
const maxLogged = 20

export interface ExportParts {
  personalData: PersonalData
  now: Date
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** A record that an export lacks. */
interface LeftOut {
  domain: string
  id: string | null
}

/**
 * Streams everything stored about a person as one JSON document: `{ "exportedAt": …, "<keeper>": [records…], …,
 * "unreadable": [{ "domain", "id" }…] }`. Records are read no faster than the reader takes them. A damaged record is
 * left out and named in `unreadable`. Any other error destroys the stream, so a document with an end has everything
 * else.
 */
export function exportOf(userId: string, parts: ExportParts): Readable {
  return Readable.from(writeDocument(userId, parts), { objectMode: false })
}

async function* writeDocument(userId: string, { personalData, now, logger }: ExportParts): AsyncGenerator<string> {
  const unreadable: LeftOut[] = []
  let firstCause: unknown
  yield `{\n"exportedAt": ${JSON.stringify(now.toISOString())}`
  for (const [domain, keeper] of personalData.keepers()) {
    yield `,\n${JSON.stringify(domain)}: [`
    let separator = '\n'
    for await (const record of keeper.export(userId)) {
      if (record instanceof UnreadableRecord) {
        if (unreadable.push({ domain, id: record.id }) === 1) firstCause = record.cause
        continue
      }
      yield `${separator}${JSON.stringify(record)}`
      separator = ',\n'
    }
    yield separator === '\n' ? ']' : '\n]'
  }
  if (unreadable.length > 0) {
    logger.warn(
      { err: firstCause, userId, count: unreadable.length, records: unreadable.slice(0, maxLogged) },
      'export left out unreadable records'
    )
  }
  yield `,\n"unreadable": ${JSON.stringify(unreadable)}\n}\n`
}
