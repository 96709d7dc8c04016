import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import { createTokens } from '../../../../plugins/app/identity/tokens.ts'
import { sendRequest } from '../../../http-request.ts'
import { signIn } from '../../../users.ts'
import { tryHandshake, startApp, until } from '../../../realtime/real-app.ts'

const [newSecret, oldSecret, removedSecret] = ['n', 'o', 'r'].map(letter => letter.repeat(40)) as [
  string,
  string,
  string
]
const { app, url } = await startApp(t, { JWT_KEYS: `new:${newSecret},old:${oldSecret}` })
const { id, token } = await signIn(url, 'Somebody')
const {
  payload: { sid }
} = app.jwt.decode<{ payload: { sid: string } }>(token, { complete: true })!
const nowS = Math.floor(Date.now() / 1000)
const valid = { sub: id, sid, guest: false, exp: nowS + 600 }

const encode = (part: object | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

function hmac(header: object, payload: object | string, secret: string, algorithm = 'sha256'): string {
  const text = `${encode(header)}.${encode(payload)}`
  return `${text}.${createHmac(algorithm, secret).update(text).digest('base64url')}`
}

/** Signs a token correctly, so that only its contents can be wrong. */
const sign = (payload: object, kid: unknown = 'new', secret = newSecret) =>
  hmac({ alg: 'HS256', typ: 'JWT', kid }, payload, secret)

async function errorsOf(token: string): Promise<[string, string | undefined]> {
  const { body } = await sendRequest(url, 'GET', '/v1/users/me', { token })
  const { refusal, socket } = await tryHandshake(url, { token })
  socket.disconnect()
  return [body.code, refusal?.code]
}

t.test('tokens of the first key and of an older key are valid', async t => {
  for (const [kid, secret] of [
    ['new', newSecret],
    ['old', oldSecret]
  ] as const) {
    t.same(await errorsOf(sign(valid, kid, secret)), [undefined, undefined], kid)
  }
  const { header } = app.jwt.decode<{ header: object }>(token, { complete: true })!
  t.match(header, { alg: 'HS256', kid: 'new' }, 'the first key signs')
})

t.test('tokens of a removed key are invalid', async t => {
  t.same(await errorsOf(sign(valid, 'removed', removedSecret)), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
})

t.test('forged tokens are rejected over REST and on the socket', async t => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsText = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'new' })}.${encode(valid)}`
  const [head, , signature] = token.split('.')
  const forgeries: Record<string, string> = {
    'signed with the wrong key': sign(valid, 'new', removedSecret),
    'signed with another key of the server': sign(valid, 'new', oldSecret),
    'alg none': `${encode({ alg: 'none', typ: 'JWT', kid: 'new' })}.${encode(valid)}.`,
    'alg None, with a signature': hmac({ alg: 'None', kid: 'new' }, valid, newSecret),
    'alg HS512 with the right key': hmac({ alg: 'HS512', typ: 'JWT', kid: 'new' }, valid, newSecret, 'sha512'),
    'alg RS256': `${rsText}.${createSign('sha256').update(rsText).sign(privateKey, 'base64url')}`,
    'a public key used as a secret': hmac(
      { alg: 'HS256', kid: 'new', jwk: publicKey.export({ format: 'jwk' }) },
      valid,
      publicKey.export({ type: 'spki', format: 'pem' }).toString()
    ),
    'no kid': hmac({ alg: 'HS256', typ: 'JWT' }, valid, newSecret),
    'kid null': sign(valid, null),
    'kid empty': sign(valid, ''),
    'kid unknown': sign(valid, 'newer'),
    'kid an array': sign(valid, ['new']),
    'kid an object': sign(valid, { toString: 'new' }),
    'kid __proto__': sign(valid, '__proto__', ''),
    'kid constructor': sign(valid, 'constructor', 'function Object() { [native code] }'),
    'kid toString': sign(valid, 'toString', 'undefined'),
    'kid a path': sign(valid, '../../dev/null', ''),
    'another payload with a valid signature': `${head}.${encode({ ...valid, sub: 'somebodyElse' })}.${signature}`,
    'no signature': `${head}.${encode(valid)}.`,
    'two parts': `${head}.${encode(valid)}`,
    'nbf in the future': sign({ ...valid, nbf: nowS + 300 }),
    'no exp': sign({ ...valid, exp: undefined }),
    'exp as text': sign({ ...valid, exp: 'never' }),
    'no sid': sign({ ...valid, sid: undefined }),
    'sub a query operator': sign({ ...valid, sub: { $ne: null } }),
    'guest as text': sign({ ...valid, guest: 'false' }),
    'a payload that is not an object': hmac({ alg: 'HS256', kid: 'new' }, '"text"', newSecret),
    'a payload that is not JSON': hmac({ alg: 'HS256', kid: 'new' }, '{', newSecret),
    'forged and expired': sign({ ...valid, exp: nowS - 60 }, 'new', removedSecret),
    'not a token': 'rubbish',
    dots: '..',
    huge: `${head}.${'A'.repeat(12_000)}.${signature}`
  }
  for (const [fault, forged] of Object.entries(forgeries)) {
    t.same(await errorsOf(forged), ['UNAUTHENTICATED', 'UNAUTHENTICATED'], fault)
  }
})

t.test('an expired token is answered TOKEN_EXPIRED', async t => {
  t.same(await errorsOf(sign({ ...valid, exp: nowS - 1 })), ['TOKEN_EXPIRED', 'TOKEN_EXPIRED'])
})

t.test('any other authorization header is rejected', async t => {
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${token}`,
    token,
    `Bearer ${token} ${token}`,
    `Bearer${' '.repeat(5000)}`
  ]) {
    const response = await fetch(`${url}/v1/users/me`, { headers: { authorization } })
    t.match([response.status, await response.json()], [401, { code: 'UNAUTHENTICATED' }], authorization.slice(0, 20))
  }
})

t.test('a cached token expires in time', async t => {
  const { app } = await startApp(t, { ACCESS_TOKEN_TTL_MS: '1000' })
  const user = await app.users.create({ displayName: 'Somebody' })
  const { accessToken } = app.tokens.issue(user, await app.sessions.open(user.id, 'test'))
  t.match(app.tokens.verifyAccess(accessToken), { userId: user.id })
  const code = () => {
    try {
      app.tokens.verifyAccess(accessToken)
      return 'valid'
    } catch (error) {
      return error instanceof CodedError ? error.code : error
    }
  }
  await until(async () => code() !== 'valid')
  t.equal(code(), 'TOKEN_EXPIRED')
  t.equal(code(), 'TOKEN_EXPIRED', 'and again')
})

t.test('a token is invalid from the moment of its expiry on, whether it is cached or not', async t => {
  const { app } = await startApp(t)
  const user = await app.users.create({ displayName: 'Somebody' })
  const { accessToken } = app.tokens.issue(user, await app.sessions.open(user.id, 'test'))
  const { expiresAtMs } = app.tokens.verifyAccess(accessToken)
  let nowMs = expiresAtMs - 1
  t.intercept(Date, 'now', { value: () => nowMs })
  t.match(app.tokens.verifyAccess(accessToken), { userId: user.id }, 'the last millisecond')
  nowMs = expiresAtMs
  for (const time of ['cached', 'not cached']) {
    t.throws(() => app.tokens.verifyAccess(accessToken), { code: 'TOKEN_EXPIRED' }, time)
  }
})

t.test('a cached token ends with its sign-in, the suspension of its person, and their erasure', async t => {
  const endings: Record<string, (user: { id: string; signInId: string }) => Promise<unknown>> = {
    'signed out': async ({ id, signInId }) => await app.sessions.endOne(id, signInId),
    'signed out everywhere': async ({ id }) => await app.sessions.revokeAll(id),
    suspended: async ({ id }) => {
      await app.suspensions.add(id, 'a reason')
      await app.sessions.revokeAll(id)
    },
    erased: async ({ id }) => await app.erasure.erase(id)
  }
  for (const [ending, end] of Object.entries(endings)) {
    const user = await app.users.create({ displayName: 'Somebody' })
    const signedIn = await app.sessions.open(user.id, 'test')
    const { accessToken } = app.tokens.issue(user, signedIn)
    t.same(await errorsOf(accessToken), [undefined, undefined], 'cached')
    await end({ id: user.id, signInId: signedIn.signInId })
    t.same(await errorsOf(accessToken), ['UNAUTHENTICATED', 'UNAUTHENTICATED'], ending)
  }
})

t.test('the cache of tokens has a bound, and takes no token for another', async t => {
  let verified = 0
  const jwt: typeof app.jwt = Object.create(app.jwt, {
    verify: {
      value: (...args: Parameters<typeof app.jwt.verify>) => {
        verified++
        return app.jwt.verify(...args)
      }
    }
  })
  const { verifyAccess } = createTokens({
    jwt,
    keys: app.config.JWT_KEYS,
    ttlMs: 60_000,
    validator: app.validator,
    isRevoked: () => false
  })
  const tokens = Array.from({ length: 10_001 }, (_, n) => sign({ ...valid, sub: `user-${n}` }))
  const [first = '', last = ''] = [tokens[0], tokens.at(-1)]
  for (const [n, each] of tokens.entries()) if (verifyAccess(each).userId !== `user-${n}`) t.fail(`user-${n}`)
  t.equal(verified, 10_001)
  t.equal(verifyAccess(last).userId, 'user-10000')
  t.equal(verified, 10_001, 'cached')
  t.equal(verifyAccess(first).userId, 'user-0')
  t.equal(verified, 10_002, 'the oldest was dropped')
  const [head, payload] = last.split('.')
  const [, , signature] = first.split('.')
  t.throws(() => verifyAccess(`${head}.${payload}.${signature}`), { code: 'UNAUTHENTICATED' })
  t.throws(
    () => Object.assign(verifyAccess(last), { userId: 'somebody-else' }),
    TypeError,
    'nobody changes what is cached'
  )
})
