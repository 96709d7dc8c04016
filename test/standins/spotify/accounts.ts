import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SpotifyStandInState } from './state.ts'

const html = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Spotify stand-in</title>
  <style>body{font:18px system-ui;max-width:30rem;margin:3rem auto}button{font:inherit;padding:.6rem 1rem}</style>
  ${body}`
const escape = (text: string) => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)

/** Adds the routes of Spotify's accounts service: a consent page, and the token endpoint with PKCE. */
export function accountsRoutes(app: FastifyInstance, state: SpotifyStandInState): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )

  app.get('/authorize', async (request, reply) => {
    const query = request.query as Record<string, string>
    if (query.client_id !== state.clientId) return await reply.code(400).send('INVALID_CLIENT: no such app')
    if (query.response_type !== 'code' || query.code_challenge_method !== 'S256' || !query.code_challenge) {
      return await reply.code(400).send('response_type must be code, with an S256 challenge')
    }
    state.authorizeQueries.push(query)
    const hidden = Object.entries(query)
      .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`)
      .join('')
    const people = state.listeners
      .map(
        ({ id, name }, n) =>
          `<p><label><input type="radio" name="listener" value="${id}"${n === 0 ? ' checked' : ''}>
          ${escape(name)}</label></p>`
      )
      .join('')
    return await reply.type('text/html').send(
      html(
        `<h1>Spotify stand-in</h1>
          <p>An app wants to read your playlists.</p>
          <form method="post" action="/authorize">
            ${hidden}${people}
            <button name="decision" value="agree">Agree</button>
            <button name="decision" value="cancel">Cancel</button>
          </form>`
      )
    )
  })

  app.post('/authorize', async (request, reply) => {
    const {
      redirect_uri: redirectUri = '',
      state: appState = '',
      code_challenge: challenge = '',
      scope = '',
      listener = '',
      decision
    } = request.body as Record<string, string>
    const back = new URL(redirectUri)
    back.searchParams.set('state', appState)
    if (decision !== 'agree') {
      back.searchParams.set('error', 'access_denied')
      return await reply.redirect(back.href)
    }
    const code = randomBytes(24).toString('base64url')
    state.codes.set(code, { listenerId: listener, challenge, redirectUri, scope })
    back.searchParams.set('code', code)
    return await reply.redirect(back.href)
  })

  app.post('/api/token', async (request, reply) => {
    if (!isOurApp(request, state)) return await reply.code(401).send({ error: 'invalid_client' })
    if (state.failing.accounts) return await reply.code(503).send('down')
    const body = request.body as Record<string, string>
    if (body.grant_type === 'authorization_code') return await exchange(body, state, reply)
    return await refresh(body, state, reply)
  })
}

function isOurApp({ headers }: FastifyRequest, { clientId, clientSecret }: SpotifyStandInState): boolean {
  return headers.authorization === `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

async function exchange(
  { code = '', code_verifier: verifier = '', redirect_uri: redirectUri }: Record<string, string>,
  state: SpotifyStandInState,
  reply: FastifyReply
): Promise<FastifyReply> {
  const granted = state.codes.get(code)
  state.codes.delete(code)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  if (!granted || granted.redirectUri !== redirectUri || granted.challenge !== challenge) {
    return await reply.code(400).send({ error: 'invalid_grant' })
  }
  const refreshToken = `refresh-${randomBytes(16).toString('hex')}`
  state.refreshTokens.set(refreshToken, { listenerId: granted.listenerId, scope: granted.scope })
  return await reply.send({ ...grant(state, granted.listenerId, granted.scope), refresh_token: refreshToken })
}

/** Refreshes an access token. The answer has no new refresh token, as often at Spotify. */
async function refresh(
  { refresh_token: refreshToken = '' }: Record<string, string>,
  state: SpotifyStandInState,
  reply: FastifyReply
): Promise<FastifyReply> {
  state.refreshes++
  const known = state.refreshTokens.get(refreshToken)
  if (!known) return await reply.code(400).send({ error: 'invalid_grant', error_description: 'Refresh token expired' })
  await state.refreshGate
  return await reply.send(grant(state, known.listenerId, known.scope))
}

function grant(state: SpotifyStandInState, listenerId: string, scope: string) {
  const accessToken = `access-${randomBytes(16).toString('hex')}`
  state.accessTokens.set(accessToken, { listenerId, expiresAtMs: Date.now() + state.accessTokenTtlS * 1000 })
  return { access_token: accessToken, token_type: 'Bearer', expires_in: state.accessTokenTtlS, scope }
}
