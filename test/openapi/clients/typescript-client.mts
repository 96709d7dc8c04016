// Uses the types that openapi-typescript generates, with the client made for them. Compiled with the strictest settings.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

type Show = components['schemas']['Show']

const baseUrl = process.argv[2] ?? ''
const anonymous = createClient<paths>({ baseUrl })

function expectEqual(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`)
}

const { data: tokens } = await anonymous.POST('/v1/auth/dev-login', { body: { displayName: 'Generated' } })
if (!tokens) throw new Error('not signed in')
const signedIn = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${tokens.accessToken}` } })

const { data: created } = await signedIn.POST('/v1/shows', { body: { title: 'From a generated client' } })
if (!created) throw new Error('no show created')
const show: Show = created
expectEqual(show.creator.displayName, 'Generated')
expectEqual(show.status, 'scheduled')

const { data: page } = await signedIn.GET('/v1/shows', { params: { query: { creatorId: show.creator.id } } })
const [listed]: Show[] = page?.items ?? []
expectEqual(listed?.id, show.id)
expectEqual(page?.nextCursor, null)

const { error, response } = await anonymous.GET('/v1/shows/{showId}', { params: { path: { showId: 'unknown' } } })
const answer: components['schemas']['ErrorAnswer'] | undefined = error
expectEqual(response.status, 404)
expectEqual(answer?.code, 'NOT_FOUND')
