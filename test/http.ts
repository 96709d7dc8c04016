/** An answer as it came. */
export interface HttpAnswer<T> {
  status: number
  headers: Headers
  body: T
}

/** What goes with a request: a body as JSON, an access token, what the app calls itself. */
export interface Sent {
  body?: unknown
  token?: string
  device?: string
}

/** Asks a server by plain HTTP, whatever it answers. */
export async function send<T = { code: string }>(
  url: string,
  method: string,
  path: string,
  { body, token, device }: Sent = {}
): Promise<HttpAnswer<T>> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(device !== undefined && { 'user-agent': device })
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null }
}
