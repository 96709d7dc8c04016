import { createHash } from 'node:crypto'

/** JSON Schema as far as the contract uses it. */
export interface JsonSchema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly JsonSchema[]
  items?: JsonSchema
  properties?: Readonly<Record<string, JsonSchema>>
  patternProperties?: Readonly<Record<string, JsonSchema>>
  minimum?: number
  default?: unknown
  examples?: readonly unknown[]
  example?: unknown
  $ref?: string
  format?: string
  pattern?: string
  description?: string
}

/** Returns an example id that differs by the name of its field. */
const idOf = (name: string) => createHash('sha256').update(name).digest('base64url').slice(0, 12)

const iso = '2027-03-01T19:00:00.000Z'
const ms = Date.parse(iso)

/** Example values by the name of the field. A schema's own examples take precedence. */
const examplesByName: Readonly<Record<string, unknown>> = {
  accept: true,
  accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJWMVN0R1hSOF9aNWoifQ.c2lnbmF0dXJl',
  address: '203.0.113.7',
  algorithm: 'sha-256',
  album: 'An album',
  answer: 'Thank you. The comment is gone.',
  artists: ['An artist'],
  artist: 'An artist',
  artworkUrl: 'https://shows.example.org/artwork.jpg',
  audioUrl: 'https://shows.example.org/song.opus',
  authorizeUrl: 'https://accounts.spotify.com/authorize?client_id=…',
  available: true,
  avatarUrl: '/v1/avatars/V1StGXR8_Z5j.k3Jd82mPq0XzLw9s',
  bio: 'Songs and talk, mostly on Sundays.',
  channels: 2,
  coverUrl: '/v1/covers/V1StGXR8_Z5j.k3Jd82mPq0XzLw9s',
  clientId: 'hello-1',
  clockRate: 48_000,
  cname: 'V1StGXR8',
  code: 'mZ4u1nD0kqT7',
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  creatorId: 'V1StGXR8_Z5j',
  credential: 'c2lnbmF0dXJl',
  cursor: 'MTgwMzkyNzYwMDAwMCx4',
  description: 'Bring a song you cooked to.',
  deletedIds: [],
  device: 'Firefox on Linux',
  displayName: 'Listener',
  done: true,
  durationMs: 215_000,
  emoji: '👏',
  excerpt: 'Hello',
  expiresIn: 900,
  foundation: 'udpcandidate',
  iceLite: true,
  ip: '203.0.113.7',
  label: 'Buy me a coffee',
  levelDb: -12,
  linked: true,
  link: 'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl',
  listenerCount: 42,
  maxSpeakers: 10,
  message: 'is required',
  mid: '0',
  mimeType: 'audio/opus',
  msid: '-',
  muted: true,
  name: 'Sunday songs',
  nextCursor: 'MTgwMzkyNzYwMDAwMCx4',
  on: true,
  password: 'c2lnbmF0dXJlc2lnbmF0dXJl',
  path: '/title',
  payloadType: 100,
  peakListeners: 61,
  port: 40_000,
  positionMs: 63_000,
  preferredPayloadType: 100,
  product: 'premium',
  q: 'kitchen',
  reason: 'I have a question',
  redirectUri: 'org.example.shows:/signed-in',
  refreshToken: 'T7q0kDn1u4ZmT7q0kDn1u4Zm',
  reconnectAfterMs: 1000,
  retryAfterMs: 1000,
  role: 'listener',
  rtcpFeedback: [],
  ssrc: 1111,
  status: 'live',
  text: 'Hello',
  title: 'Songs from the kitchen',
  token: 'kDn1u4ZmT7q0kDn1u4Zm',
  totalListeners: 130,
  trackId: '11dFghVXANMlKmJXsNCbNl',
  uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  url: 'https://example.org/support',
  urls: ['turn:turn.example.org:3478'],
  username: '1803927600:V1StGXR8',
  usernameFragment: 'k3Jd82mP',
  value: 'A1:B2:C3:D4',
  version: 3,
  volume: -30
}

/** Tells whether a value is of the schema's type, and one of its enum values or of its pattern. */
function suits(schema: JsonSchema, value: unknown): boolean {
  if (schema.enum) return schema.enum.includes(value)
  if (schema.pattern && typeof value === 'string') return new RegExp(schema.pattern).test(value)
  if (schema.type === 'array') return Array.isArray(value) && (value.length === 0 || schema.items?.type === 'string')
  const type: string = typeof value
  return type === (schema.type === 'integer' ? 'number' : schema.type)
}

/** Returns an example for people: the schema's own, else the one of the field's name, else a minimal valid value. */
export function exampleOf(schema: JsonSchema, name = ''): unknown {
  if (schema.examples) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, name)
  if (name in examplesByName && suits(schema, examplesByName[name])) return examplesByName[name]
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  return schema.description === 'Opaque id' ? idOf(name) : minimalValueOf(schema)
}

function minimalValueOf({
  type,
  items,
  properties = {},
  patternProperties,
  minimum = 0,
  format,
  pattern,
  description
}: JsonSchema): unknown {
  switch (type) {
    case 'object':
      return patternProperties
        ? countsOf(Object.values(patternProperties))
        : Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, exampleOf(schema, name)]))
    case 'array':
      return items ? [exampleOf(items)] : []
    case 'integer':
      return description?.startsWith('Milliseconds since the epoch') ? ms : minimum
    case 'number':
      return minimum
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      return format === 'date-time' ? iso : pattern ? 'V1StGXR8' : 'text'
  }
}

/** Records of counts are counts of emoji. Other records may be empty. */
function countsOf([schema]: readonly JsonSchema[]): Record<string, unknown> {
  return schema?.type === 'integer' ? { '👏': exampleOf(schema) } : {}
}

/**
 * Returns examples of a schema: one for each variant, when one of its properties is a union of more than two objects.
 */
export function examplesOf(schema: JsonSchema): unknown[] {
  if (schema.examples) return [...schema.examples]
  const [name, union] = Object.entries(schema.properties ?? {}).find(([, { anyOf }]) => anyOf && anyOf.length > 2) ?? []
  if (name === undefined || !union?.anyOf) return [exampleOf(schema)]
  return union.anyOf.map(variant => exampleOf({ ...schema, properties: { ...schema.properties, [name]: variant } }))
}
