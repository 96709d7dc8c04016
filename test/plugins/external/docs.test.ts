import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import t from 'tap'
import type { TSchema } from 'typebox'
import { AudienceEvent } from '../../../contract/audience-events.ts'
import { clientEvents } from '../../../contract/client-events.ts'
import { PublishedEvent } from '../../../contract/event-sequence.ts'
import { serverEvents } from '../../../contract/server-events.ts'
import { startApp } from '../../realtime/real-app.ts'

interface Media {
  schema?: TSchema & { type?: string }
  example?: unknown
}
interface Content {
  description?: string
  content?: Record<string, Media>
}
interface Parameter {
  name: string
  description?: string
  required?: boolean
  schema: TSchema
  example?: unknown
}
interface Operation {
  operationId: string
  summary?: string
  tags: string[]
  security?: object[]
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
}
interface OpenApi {
  servers: { url: string }[]
  components: { schemas: Record<string, TSchema> }
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
}
interface Message {
  name: string
  summary?: string
  payload: TSchema
  examples: { payload: unknown }[]
}
interface AsyncApi {
  channels: { show: { messages: Record<string, Message> } }
  operations: Record<string, { messages: { $ref: string }[] }>
}

const { app, url } = await startApp(t)
const read = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T
const issuesOf = (schema: TSchema, value: unknown, components?: object) =>
  app.validator.compile({ ...schema, components })(structuredClone(value))

t.test('OpenAPI: every operation has a summary, its security and valid examples', async t => {
  const { tags, paths, components } = await read<OpenApi>('/docs/openapi.json')
  const described = new Set(tags.filter(({ description }) => description).map(({ name }) => name))
  const operations = Object.values(paths).flatMap(path => Object.values(path))
  t.ok(operations.length > 50)
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length, 'operation ids are unique')
  for (const { operationId, summary, tags, security, parameters = [], requestBody, responses } of operations) {
    t.ok(summary, `${operationId} has a summary`)
    t.ok(security, `${operationId} has its security`)
    t.same(
      tags.filter(tag => !described.has(tag)),
      [],
      `${operationId} has described tags`
    )
    for (const { name, description, required, schema, example } of parameters) {
      t.ok(description, `${operationId} describes ${name}`)
      if (required) t.same(issuesOf(schema, example), null, `${operationId} ${name} ${JSON.stringify(example)}`)
    }
    for (const [where, content] of [['body', requestBody] as const, ...Object.entries(responses)]) {
      t.not(content?.description, 'Default Response', `${operationId} ${where}`)
      const { schema, example } = content?.content?.['application/json'] ?? {}
      if (schema && schema.type !== 'null') {
        t.same(issuesOf(schema, example, components), null, `${operationId} ${where} ${JSON.stringify(example)}`)
      }
    }
  }
})

t.test('OpenAPI: generated clients get one type for each schema of the contract, and the address', async t => {
  const { servers, paths, components } = await read<OpenApi>('/docs/openapi.json')
  t.same(servers, [{ url }])
  const places = new Map<string, string[]>()
  const referenced = new Set<string>()
  findInlineSchemas({ paths, components }, '', places, referenced)
  for (const where of places.values()) t.equal(where.length, 1, `${where.join(' and ')} differ, or have a name`)
  t.same([...referenced].sort(), Object.keys(components.schemas).sort(), 'every name is used and defined')
  for (const name of ['ErrorAnswer', 'Person', 'Show', 'ShowPage', 'Song', 'User']) t.ok(referenced.has(name), name)
})

/** Adds the places of each schema of an object that has no name, and the names that are referenced. */
function findInlineSchemas(value: unknown, place: string, places: Map<string, string[]>, referenced: Set<string>) {
  if (typeof value !== 'object' || value === null) return
  const { $ref, type, properties, required }: Record<string, unknown> = Object(value)
  if (typeof $ref === 'string') referenced.add($ref.replace('#/components/schemas/', ''))
  if (type === 'object' && properties !== undefined) {
    const key = JSON.stringify({ properties, required })
    places.set(key, [...(places.get(key) ?? []), place])
  }
  for (const [name, child] of Object.entries(value)) {
    if (name !== 'example') findInlineSchemas(child, `${place}/${name}`, places, referenced)
  }
}

t.test('OpenAPI: operations that require a token reject requests without one', async t => {
  const { paths } = await read<OpenApi>('/docs/openapi.json')
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId, security, responses }] of Object.entries(methods)) {
      if (JSON.stringify(security) !== '[{"bearer":[]}]') continue
      const { status } = await fetch(url + path.replaceAll(/\{\w+\}/g, 'x'), { method: method.toUpperCase() })
      // Routes of operators answer 404 to everybody else.
      t.equal(status, path.startsWith('/v1/operator/') ? 404 : 401, operationId)
      t.ok(responses[401], `${operationId} documents 401`)
    }
  }
})

const isAsyncApi = (() => {
  const file = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json')
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, unicodeRegExp: false })
  addFormats.default(ajv)
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
})()

t.test('AsyncAPI: the topics in Kafka have valid examples of every event', async t => {
  const document = await read<{ channels: Record<string, { address: string; messages: Record<string, Message> }> }>(
    '/docs/events.json'
  )
  t.ok(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 5)))
  const channels = Object.values(document.channels)
  t.same(
    channels.map(({ address }) => address),
    ['ambient.show-events', 'ambient.presence']
  )
  const events = [PublishedEvent.anyOf.length, AudienceEvent.anyOf.length]
  for (const [index, { messages }] of channels.entries()) {
    const { payload, examples } = messages.record!
    t.equal(examples.length, events[index])
    for (const { payload: example } of examples) t.same(issuesOf(payload, example), null, JSON.stringify(example))
  }
})

t.test('AsyncAPI: the document is valid, lists every event, and has valid examples', async t => {
  const document = await read<AsyncApi>('/docs/asyncapi.json')
  t.ok(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 5)))

  const { messages } = document.channels.show
  const names = Object.values(messages).map(({ name }) => name)
  for (const event of [...Object.keys(clientEvents), ...Object.keys(serverEvents)]) t.ok(names.includes(event), event)
  for (const { name, summary, payload, examples } of Object.values(messages)) {
    t.ok(summary, `${name} has a summary`)
    t.not(examples.length, 0, `${name} has examples`)
    for (const { payload: example } of examples) {
      t.same(issuesOf(payload, example), null, `${name} ${JSON.stringify(example)}`)
    }
  }
  t.equal(messages.room_event?.examples.length, 33, 'one for each room event')
  for (const {
    messages: [message]
  } of Object.values(document.operations)) {
    t.hasOwnProp(messages, message?.$ref.split('/').at(-1) ?? '')
  }
})
