import { Readable } from 'node:stream'
import type { PersonalData } from './personal-data.ts'

/**
 * Streams everything stored about a person as one JSON document: `{ "exportedAt": …, "<keeper>": [records…], … }`.
 * Records are read no faster than the reader takes them. An error destroys the stream, so a document with an end is
 * complete.
 */
export function exportOf(userId: string, personalData: PersonalData, now: Date): Readable {
  return Readable.from(writeDocument(userId, personalData, now), { objectMode: false })
}

async function* writeDocument(userId: string, personalData: PersonalData, now: Date): AsyncGenerator<string> {
  yield `{\n"exportedAt": ${JSON.stringify(now.toISOString())}`
  for (const [name, keeper] of personalData.keepers()) {
    yield `,\n${JSON.stringify(name)}: [`
    let separator = '\n'
    for await (const record of keeper.export(userId)) {
      yield `${separator}${JSON.stringify(record)}`
      separator = ',\n'
    }
    yield separator === '\n' ? ']' : '\n]'
  }
  yield '\n}\n'
}
