import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { AudienceEvent } from '../../contract/audience-events.ts'
import { PublishedEvent } from '../../contract/event-sequence.ts'
import { eventSchema, eventSchemaFile } from '../../scripts/event-schema.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/operators/events.md'), 'utf8')

t.test('the stored schema is that of the messages', async t => {
  t.equal(await readFile(eventSchemaFile, 'utf8'), eventSchema(), 'npm run docs:events writes it again')
})

t.test('the page names each event, and its examples fit the schema', async t => {
  for (const { properties } of [...PublishedEvent.anyOf, ...AudienceEvent.anyOf]) {
    t.ok(page.includes(`\`${properties.type.const}\``), properties.type.const)
  }
  const isMessage = new Ajv2020({ strict: false }).compile(JSON.parse(eventSchema()))
  const examples = page.match(/^ *\{"v":1.*\}$/gm) ?? []
  t.ok(examples.length >= 2)
  for (const example of examples) t.ok(isMessage(JSON.parse(example)), example)
  t.notOk(isMessage({ v: 2 }))
})
