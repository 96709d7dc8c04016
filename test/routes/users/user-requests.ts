import type { Page } from '../../../contract/paging.ts'
import type { PublicUser, User } from '../../../contract/users.ts'
import { signIn, type TestUser } from '../../users.ts'

/** Creates functions that send requests about users to a server. */
export function createUserRequests(url: string) {
  async function send<T = { code?: string; issues?: { path: string }[] }>(
    person: { token: string } | null,
    method: string,
    path: string,
    body?: object
  ): Promise<{ status: number; body: T }> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(person && { authorization: `Bearer ${person.token}` })
      },
      ...(body && { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, body: JSON.parse(text || 'null') }
  }

  async function signInGuest(): Promise<{ id: string; token: string }> {
    const {
      body: {
        accessToken: token,
        user: { id }
      }
    } = await send<{ accessToken: string; user: User }>(null, 'POST', '/v1/auth/guest', {})
    return { id, token }
  }

  async function signInPeople(count: number): Promise<TestUser[]> {
    return await Promise.all(Array.from({ length: count }, async (_, n) => await signIn(url, `Person ${n}`)))
  }

  const profileOf = async (person: { id: string }, caller: { token: string } | null = null) =>
    (await send<PublicUser>(caller, 'GET', `/v1/users/${person.id}`)).body

  /** Reads all pages of a list. */
  async function readAll<T>(path: string, limit: number, person: { token: string } | null = null): Promise<T[]> {
    const items: T[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { status, body }: { status: number; body: Page<T> } = await send<Page<T>>(
        person,
        'GET',
        `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`
      )
      if (status !== 200 || body.items.length > limit) {
        throw new Error(`a page answered ${status} with ${body.items?.length} items`)
      }
      items.push(...body.items)
      cursor = body.nextCursor
    }
    return items
  }

  return { send, signInGuest, signInPeople, profileOf, readAll }
}
