import { Readable } from 'node:stream'
import type { PersonalData } from './personal-data.ts'

/**
 * Everything held about a person as one JSON document, `{ "exportedAt": …, "<concern>": [records…], … }`, written as it is read
 * and no faster than it is taken. What fails in the middle destroys the stream: a document with an end is whole.
 */
export function exportOf(userId: string, personalData: PersonalData, now: Date): Readable {
  return Readable.from(documentOf(userId, personalData, now), { objectMode: false })
}

async function* documentOf(userId: string, personalData: PersonalData, now: Date): AsyncGenerator<string> {
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
