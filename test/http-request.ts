/** Status, headers and parsed body of a response. */
export interface HttpResponse<T> {
  status: number
  headers: Headers
  body: T
}

/** A JSON body, an access token, and the user agent to send. */
export interface RequestOptions {
  body?: unknown
  token?: string
  device?: string
}

/** Sends an HTTP request and returns the response, whatever its status. */
export async function sendRequest<T = { code: string }>(
  url: string,
  method: string,
  path: string,
  { body, token, device }: RequestOptions = {}
): Promise<HttpResponse<T>> {
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
