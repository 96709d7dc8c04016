import { Ajv2020 } from 'ajv/dist/2020.js'
import type { types } from 'mediasoup-client'
import t from 'tap'
import type { TSchema } from 'typebox'
import * as auth from '../../contract/auth.ts'
import { clientEvents } from '../../contract/client-events.ts'
import { errorTable, CodedError, toWireError } from '../../contract/errors.ts'
import { serverEvents } from '../../contract/server-events.ts'
import * as settings from '../../contract/settings.ts'
import * as shows from '../../contract/shows.ts'
import { Snapshot } from '../../contract/snapshot.ts'
import * as users from '../../contract/users.ts'

/** A schema as plain JSON Schema. */
interface PlainSchema {
  type?: string
  enum?: unknown[]
  const?: unknown
  maxLength?: number
  maxItems?: number
  maxProperties?: number
  properties?: Record<string, PlainSchema>
  patternProperties?: Record<string, PlainSchema>
  additionalProperties?: boolean | PlainSchema
  items?: PlainSchema
  anyOf?: PlainSchema[]
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })

const schemasIn = (module: object) =>
  Object.entries(module).filter(
    (entry): entry is [string, TSchema] => typeof entry[1] === 'object' && ('type' in entry[1] || 'anyOf' in entry[1])
  )

const sentSchemas = [
  ...Object.entries(clientEvents).map(([name, { payload }]): [string, TSchema] => [name, payload]),
  ...Object.entries({
    ShowDraft: shows.ShowDraft,
    ShowPatch: shows.ShowPatch,
    UserPatch: users.UserPatch,
    ShowSettingsPatch: settings.ShowSettingsPatch
  })
]
const answeredSchemas = [
  ...Object.entries(clientEvents).map(([name, { data }]): [string, TSchema] => [`${name} ack`, data]),
  ...Object.entries(serverEvents),
  ...[auth, settings, shows, users].flatMap(schemasIn),
  ['Snapshot', Snapshot] as [string, TSchema]
]

/** Returns the problems in a schema, each with its path. */
function findProblems(schema: PlainSchema, fault: (schema: PlainSchema) => string | null, path = ''): string[] {
  const here = fault(schema)
  const inside = [
    ...Object.entries({ ...schema.properties, ...schema.patternProperties }),
    ...(schema.items ? [['[]', schema.items] as const] : []),
    ...(schema.anyOf ?? []).map((option, index) => [`|${index}`, option] as const)
  ]
  return [
    ...(here ? [`${path}: ${here}`] : []),
    ...inside.flatMap(([name, part]) => findProblems(part, fault, `${path}/${name}`))
  ]
}

const toPlain = (schema: TSchema): PlainSchema => JSON.parse(JSON.stringify(schema))

t.test('every schema is valid JSON Schema', async t => {
  for (const [name, schema] of [...sentSchemas, ...answeredSchemas]) {
    t.ok(ajv.validateSchema(toPlain(schema)), `${name}: ${ajv.errorsText()}`)
  }
})

t.test('no object accepts unknown properties', async t => {
  const findOpen = ({ type, patternProperties, additionalProperties }: PlainSchema) =>
    type === 'object' && !patternProperties && additionalProperties !== false ? 'accepts unknown properties' : null
  for (const [name, schema] of [...sentSchemas, ...answeredSchemas]) {
    t.same(findProblems(toPlain(schema), findOpen), [], name)
  }
})

t.test('everything that clients send is bounded', async t => {
  const findUnbounded = (schema: PlainSchema) => {
    if (schema.type === 'string' && !schema.enum && schema.const === undefined && schema.maxLength === undefined) {
      return 'unbounded string'
    }
    if (schema.type === 'array' && schema.maxItems === undefined) return 'unbounded array'
    return schema.patternProperties && schema.maxProperties === undefined ? 'unbounded properties' : null
  }
  for (const [name, schema] of sentSchemas) t.same(findProblems(toPlain(schema), findUnbounded), [], name)
})

t.test('payloads are validated by their schemas', async t => {
  const fits = (event: keyof typeof clientEvents, payload: unknown) =>
    ajv.validate(toPlain(clientEvents[event].payload), payload)
  t.ok(fits('speak:answer', { requestId: 'r1', accept: true }))
  t.notOk(fits('speak:answer', { requestId: 'r1', accept: 'true' }), 'values are not coerced')
  t.notOk(fits('speak:answer', { requestId: 'r1', accept: true, by: 'x' }), 'unknown properties are rejected')
  t.notOk(fits('speak:answer', { requestId: { $ne: '' }, accept: true }), 'an id is a string')
  t.notOk(fits('show:resync', null))
  t.notOk(fits('media:produce', { transportId: 't', kind: 'video', rtpParameters: { codecs: [] } }), 'audio only')
})

t.test('every encoding parameter of mediasoup-client can be sent', async t => {
  const encoding: Required<types.RtpEncodingParameters> = {
    active: true,
    ssrc: 1,
    rid: 'a',
    codecPayloadType: 100,
    rtx: { ssrc: 2 },
    dtx: true,
    scalabilityMode: 'L1T1',
    scaleResolutionDownBy: 1.5,
    maxBitrate: 32_000,
    maxFramerate: 30,
    adaptivePtime: true,
    priority: 'high',
    networkPriority: 'very-low'
  }
  const payload = {
    transportId: 't',
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
      encodings: [encoding]
    }
  }
  t.ok(ajv.validate(toPlain(clientEvents['media:produce'].payload), payload), ajv.errorsText())
})

t.test('the default settings are valid', async t =>
  t.ok(ajv.validate(toPlain(settings.ShowSettings), settings.defaultSettings))
)

t.test('error codes have the HTTP status of the contract', async t => {
  const withStatus = (status: number) =>
    Object.entries(errorTable)
      .filter(([, { statusCode }]) => statusCode === status)
      .map(([code]) => code)
      .sort()
  t.same(withStatus(401), ['TOKEN_EXPIRED', 'UNAUTHENTICATED'])
  t.same(withStatus(403), ['BANNED', 'COMMENT_REFUSED', 'FORBIDDEN', 'NO_FLOOR', 'TAKEN_DOWN'])
  t.same(withStatus(404), ['NOT_FOUND', 'SPOTIFY_OFF'])
  t.same(withStatus(409), [
    'CONFLICT',
    'NOT_IN_SHOW',
    'QUEUE_FULL',
    'SHOW_ENDED',
    'SHOW_NOT_LIVE',
    'SPOTIFY_NOT_LINKED',
    'SPOTIFY_RELINK',
    'STAGE_FULL'
  ])
  t.same(withStatus(413), ['PAYLOAD_TOO_LARGE'])
  t.same(withStatus(415), ['UNSUPPORTED_MEDIA'])
  t.same(withStatus(429), ['RATE_LIMITED'])
  t.same(withStatus(500), ['INTERNAL'])
  t.same(withStatus(503), ['UNAVAILABLE'])
})

t.test('internal errors reveal no details', async t => {
  t.same(toWireError(new Error('password in here'), 'q1'), {
    code: 'INTERNAL',
    message: 'Something failed on our side (request q1).'
  })
  t.same(toWireError(new CodedError('RATE_LIMITED', 'Wait.', { retryAfterMs: 5 })), {
    code: 'RATE_LIMITED',
    message: 'Wait.',
    retryAfterMs: 5
  })
})
