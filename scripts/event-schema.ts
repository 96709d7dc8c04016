/*
 * npm run docs:events
 *
 * Writes docs/operators/event-messages.schema.json, the JSON Schema of the messages in Kafka, from contract/.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOfStream, sequenceStreams, topicOfStream } from '../contract/event-sequence.ts'

/** The file with the schema. */
export const eventSchemaFile = join(import.meta.dirname, '..', 'docs', 'operators', 'event-messages.schema.json')

/** Returns the text of the schema: one definition for the messages of each topic. */
export function eventSchema(): string {
  const definitions = Object.fromEntries(
    sequenceStreams.map(stream => [topicOfStream[stream], messageOfStream[stream]])
  )
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Messages of Ambient in Kafka',
    description: 'Messages of the topics PREFIX.show-events and PREFIX.presence',
    anyOf: Object.keys(definitions).map(name => ({ $ref: `#/$defs/${name}` })),
    $defs: definitions
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

if (import.meta.main) await writeFile(eventSchemaFile, eventSchema())
