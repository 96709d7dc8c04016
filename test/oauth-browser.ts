import { createHash, randomBytes } from 'node:crypto'

/** Creates the PKCE pair of an app's sign-in: https://www.rfc-editor.org/rfc/rfc7636 */
export function createPkcePair(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString('base64url')
  return { codeVerifier, codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url') }
}

/** A minimal browser for sign-in flows: it keeps cookies and follows redirects one step at a time. */
export interface Browser {
  open(url: string): Promise<Response>
  post(url: string, form: Record<string, string>): Promise<Response>
  readonly cookies: Map<string, string>
}

export function createBrowser(): Browser {
  const cookies = new Map<string, string>()

  async function send(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    cookies,
    open: async url => await send(url, {}),
    post: async (url, form) => await send(url, { method: 'POST', body: new URLSearchParams(form) })
  }
}

/** Returns the URL that a response redirects to. */
export function redirectUrl(response: Response): URL {
  return new URL(response.headers.get('location') ?? 'nowhere:', response.url)
}
