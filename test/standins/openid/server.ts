import { createHash, randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { AddressInfo } from 'node:net'

/** An OpenID provider with one person, who always consents. A test can make its ID tokens invalid. */
export interface OpenIdStandIn {
  readonly issuer: string
  readonly settings: Record<string, string>
  /** Faults of the next ID tokens: replaced claims, and invalid signatures. */
  tokenFaults: { claims?: Record<string, unknown>; foreignKey?: boolean; unsigned?: boolean; secretAlgorithm?: boolean }
  subject: string
  close(): Promise<void>
}

const clientId = 'openid-client'
const clientSecret = 'openid-client-secret'

export async function startOpenIdStandIn(): Promise<OpenIdStandIn> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const foreign = await generateKeyPair('ES256')
  const codes = new Map<string, { challenge: string; nonce: string; redirectUri: string }>()
  const app = Fastify({ forceCloseConnections: true })
  const standIn: OpenIdStandIn = {
    issuer: '',
    settings: {},
    tokenFaults: {},
    subject: 'subject-1',
    close: async () => await app.close()
  }

  async function idToken(nonce: string): Promise<string> {
    const claims: Record<string, unknown> = {
      iss: standIn.issuer,
      aud: clientId,
      sub: standIn.subject,
      nonce,
      name: 'Somebody of OpenID',
      ...standIn.tokenFaults.claims
    }
    const token = new SignJWT(claims)
      .setIssuedAt()
      .setExpirationTime(claims.exp === undefined ? '5m' : Number(claims.exp))
    if (standIn.tokenFaults.unsigned) {
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
      return `${encode({ alg: 'none' })}.${encode({ ...claims, iat: 0, exp: 9e9 })}.`
    }
    if (standIn.tokenFaults.secretAlgorithm) {
      return await token
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(Buffer.from(clientSecret.padEnd(32, '0')))
    }
    return await token
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(standIn.tokenFaults.foreignKey ? foreign.privateKey : privateKey)
  }

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )

  app.get('/.well-known/openid-configuration', async () => ({
    issuer: standIn.issuer,
    // Azure AD B2C names its policy here.
    authorization_endpoint: `${standIn.issuer}/authorize?p=policy`,
    token_endpoint: `${standIn.issuer}/token`,
    jwks_uri: `${standIn.issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256']
  }))

  app.get('/keys', async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] }))

  app.get('/authorize', async (request, reply) => {
    const {
      redirect_uri: redirectUri = '',
      state = '',
      code_challenge: challenge = '',
      nonce = '',
      p: policy
    } = request.query as Record<string, string>
    if (policy !== 'policy') return await reply.code(400).send({ error: 'invalid_request' })
    const code = randomBytes(24).toString('base64url')
    codes.set(code, { challenge, nonce, redirectUri })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', state)
    back.searchParams.set('iss', standIn.issuer)
    return await reply.redirect(back.href)
  })

  app.post('/token', async (request, reply) => {
    const {
      code = '',
      code_verifier: verifier = '',
      redirect_uri: redirectUri
    } = request.body as Record<string, string>
    const granted = codes.get(code)
    codes.delete(code)
    if (request.headers.authorization !== `Basic ${btoa(`${clientId}:${clientSecret}`)}`) {
      return await reply.code(401).send({ error: 'invalid_client' })
    }
    if (
      !granted ||
      granted.redirectUri !== redirectUri ||
      createHash('sha256').update(verifier).digest('base64url') !== granted.challenge
    ) {
      return await reply.code(400).send({ error: 'invalid_grant' })
    }
    return {
      access_token: randomBytes(16).toString('hex'),
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await idToken(granted.nonce)
    }
  })

  await app.listen({ host: '127.0.0.1', port: 0 })
  const issuer = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return Object.assign(standIn, {
    issuer,
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }
  })
}
