import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../../config/config.ts'
import type { Identity } from '../../../../plugins/app/identity/identity-provider.ts'
import { createOidcProvider } from '../../../../plugins/app/identity/oidc-provider.ts'
import oauth2 from '../../../../plugins/external/oauth2.ts'
import openid from '../../../../plugins/external/openid.ts'
import { clientAuthenticationOf } from '../../../../plugins/external/openid/client-authentication.ts'
import { captureLog } from '../../../captured-log.ts'
import { createBrowser, redirectUrl } from '../../../oauth-browser.ts'
import {
  clientId,
  clientSecret,
  consentAt,
  startRealProvider,
  type RealProviderOptions
} from '../../../standins/openid/real-provider.ts'

const callbackPath = '/v1/auth/oidc/callback'
const publicUrl = 'https://ambient.example'
const nonce = 'the-nonce'

interface OidcApp {
  signIn(login?: string): Promise<{ identity?: Identity; error?: string }>
  logged(): string
}

/** Starts an app with the provider of this issuer, and two routes for a browser. */
async function startOidcApp(t: Test, settings: Record<string, string>): Promise<OidcApp> {
  const captured = captureLog()
  const app = Fastify({ logger: { stream: captured.stream } })
  const config = loadConfig({ DATA_DIR: t.testdir(), OIDC_CLIENT_ID: clientId, ...settings })
  app.decorate('config', config)
  await app.register(oauth2)
  await app.register(openid)
  const provider = createOidcProvider({
    config,
    discoverOpenId: app.discoverOpenId,
    publicUrl: () => publicUrl,
    logger: app.log
  })
  if (!provider) throw new Error('OpenID is off')
  app.get('/start', async (request, reply) => {
    const { url } = await (await provider.flow()).start(request, reply)
    url.searchParams.set('nonce', nonce)
    return await reply.redirect(url.href)
  })
  app.get(callbackPath, async (request, reply) => {
    try {
      return { identity: (await provider.identify(request, reply, nonce)).identity }
    } catch (error) {
      request.log.warn({ err: error }, 'sign-in failed')
      return { error: String(error) }
    }
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => await app.close())
  return {
    logged: captured.text,
    async signIn(login = 'person-1') {
      const browser = createBrowser()
      const url = app.listeningOrigin
      const start = await browser.open(`${url}/start`)
      if (start.status !== 302) return await start.json()
      const callback = await consentAt(browser, redirectUrl(start).href, login)
      if (callback.origin !== publicUrl) throw new Error(`the provider redirects to ${callback.href}`)
      return (await (await browser.open(url + callbackPath + callback.search)).json()) as { identity: Identity }
    }
  }
}

const defaults = { redirectUri: publicUrl + callbackPath } satisfies Partial<RealProviderOptions>
const allMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'none'] as const

for (const method of allMethods) {
  t.test(`a provider that supports only ${method}`, async t => {
    const OIDC_ISSUER = await startRealProvider(t, { ...defaults, methods: [method], method })
    const app = await startOidcApp(t, {
      OIDC_ISSUER,
      ...(method !== 'none' && { OIDC_CLIENT_SECRET: clientSecret })
    })
    t.match(await app.signIn(), { identity: { subject: 'person-1' } })
  })

  t.test(`a provider that supports all methods and expects ${method}`, async t => {
    const OIDC_ISSUER = await startRealProvider(t, { ...defaults, methods: allMethods, method })
    const app = await startOidcApp(t, {
      OIDC_ISSUER,
      ...(method !== 'none' && { OIDC_CLIENT_SECRET: clientSecret })
    })
    for (const login of ['person-1', 'person-2']) {
      t.match(await app.signIn(login), { identity: { subject: login } })
    }
  })
}

t.test('requests at the same time skip no method, and after the last the first is tried again', async t => {
  const authentication = clientAuthenticationOf(clientSecret)
  authentication.choose(['client_secret_basic', 'client_secret_post'])
  const first = authentication.current
  authentication.leave(first)
  const second = authentication.current
  t.not(second, first)
  authentication.leave(first)
  t.equal(authentication.current, second, 'another request has left it already')
  authentication.leave(second)
  t.equal(authentication.current, first)
})

t.test('a wrong secret is an error without the secret', async t => {
  const OIDC_ISSUER = await startRealProvider(t, {
    ...defaults,
    methods: ['client_secret_basic', 'client_secret_post'],
    method: 'client_secret_post'
  })
  const app = await startOidcApp(t, { OIDC_ISSUER, OIDC_CLIENT_SECRET: 'another-secret' })
  t.match(await app.signIn(), { error: /invalid_client/ })
  t.notMatch(app.logged(), 'another-secret')
})

t.test('methods that need a key of the client are refused by name', async t => {
  const { choose } = clientAuthenticationOf(clientSecret)
  t.throws(() => choose(['private_key_jwt', 'tls_client_auth']), /only private_key_jwt, tls_client_auth/)
  t.doesNotThrow(() => choose(undefined))
  t.doesNotThrow(() => choose(['private_key_jwt', 'none']))
  t.doesNotThrow(() => clientAuthenticationOf(undefined).choose(['private_key_jwt']))
})

t.test('the name comes from the UserInfo endpoint, where providers put it by default', async t => {
  const names: [claims: Record<string, string>, expected: string][] = [
    [{ name: 'Ada Lovelace', nickname: 'ada' }, 'Ada Lovelace'],
    [{ nickname: 'ada', preferred_username: 'al' }, 'ada'],
    [{ preferred_username: 'al', given_name: 'Ada' }, 'al'],
    [{ given_name: 'Ada', family_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ email: 'ada@a.example' }, '']
  ]
  for (const [claims, displayName] of names) {
    const method = 'client_secret_basic'
    const OIDC_ISSUER = await startRealProvider(t, { ...defaults, methods: [method], method, claims })
    const app = await startOidcApp(t, { OIDC_ISSUER, OIDC_CLIENT_SECRET: clientSecret })
    t.match(await app.signIn(), { identity: { displayName, avatarUrl: null } }, JSON.stringify(claims))
  }
})

t.test('the name comes from the ID token where a provider puts it there', async t => {
  const method = 'client_secret_basic'
  const OIDC_ISSUER = await startRealProvider(t, {
    ...defaults,
    methods: [method],
    method,
    claims: { name: 'Ada Lovelace' },
    overrides: { conformIdTokenClaims: false, features: { userinfo: { enabled: false } } }
  })
  const app = await startOidcApp(t, { OIDC_ISSUER, OIDC_CLIENT_SECRET: clientSecret })
  t.match(await app.signIn(), { identity: { displayName: 'Ada Lovelace' } })
})

t.test('a person signs in without a name while the UserInfo endpoint fails', async t => {
  const method = 'client_secret_basic'
  const OIDC_ISSUER = await startRealProvider(t, {
    ...defaults,
    methods: [method],
    method,
    claims: { name: 'Ada Lovelace' },
    overrides: {
      findAccount: async (_context, accountId) => ({
        accountId,
        async claims(use) {
          if (use === 'userinfo') throw new Error('no userinfo')
          return { sub: accountId }
        }
      })
    }
  })
  const app = await startOidcApp(t, { OIDC_ISSUER, OIDC_CLIENT_SECRET: clientSecret })
  t.match(await app.signIn(), { identity: { subject: 'person-1', displayName: '' } })
  t.match(app.logged(), 'reading a name at the OpenID provider failed')
})

t.test('an issuer with another name than the setting is refused, and the log names it', async t => {
  const method = 'client_secret_basic'
  const issuer = await startRealProvider(t, { ...defaults, methods: [method], method })
  const app = await startOidcApp(t, {
    OIDC_ISSUER: issuer.replace('127.0.0.1', 'localhost'),
    OIDC_CLIENT_SECRET: clientSecret
  })
  t.match(await app.signIn(), { statusCode: 503 })
  t.match(app.logged(), `the provider names itself ${issuer}`)
})
