import type { TestUser } from '../../users.ts'

/** Asks about shows as somebody, or as nobody in particular; refusals are answers too. */
export async function ask(
  url: string,
  who: Pick<TestUser, 'token'> | null,
  method: string,
  path: string,
  body?: object
) {
  const response = await fetch(`${url}/v1/shows${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(who && { authorization: `Bearer ${who.token}` })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
