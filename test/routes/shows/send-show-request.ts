import type { TestUser } from '../../users.ts'

/** Sends a request to /v1/shows as a user, or without a token for null. Returns the answer, also an error. */
export async function sendShowRequest(
  url: string,
  caller: Pick<TestUser, 'token'> | null,
  method: string,
  path: string,
  body?: object
) {
  const response = await fetch(`${url}/v1/shows${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(caller && { authorization: `Bearer ${caller.token}` })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
