const maxRetryAfterMs = 3_600_000

/** Returns the value of a body; undefined for one that is not JSON, such as a page of HTML. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns what a body means; undefined for one of another form. */
export function readOrUndefined<T>(read: (body: unknown) => T, body: unknown): T | undefined {
  try {
    return read(body)
  } catch {
    return undefined
  }
}

/** Returns the time of a Retry-After header, ms: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), maxRetryAfterMs) : undefined
}

/** Returns why a request got no answer. Messages of errors are left out: they may hold an address or a key. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return codeOf(error) ?? codeOf(error.cause) ?? error.name
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
