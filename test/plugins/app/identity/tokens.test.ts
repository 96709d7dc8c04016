import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { sendRequest } from '../../../http-request.ts'
import { signIn } from '../../../users.ts'
import { knock, startApp, until } from '../../../realtime/real-app.ts'

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
const good = { sub: id, sid, guest: false, exp: nowS + 600 }

const encode = (part: object | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

function hmac(header: object, payload: object | string, secret: string, algorithm = 'sha256'): string {
  const text = `${encode(header)}.${encode(payload)}`
  return `${text}.${createHmac(algorithm, secret).update(text).digest('base64url')}`
}

/** By our own hand and by the rules: what it holds is all that may be wrong. */
const signed = (payload: object, kid: unknown = 'new', secret = newSecret) =>
  hmac({ alg: 'HS256', typ: 'JWT', kid }, payload, secret)

async function codes(forged: string): Promise<[string, string | undefined]> {
  const { body } = await sendRequest(url, 'GET', '/v1/users/me', { token: forged })
  const { refusal, socket } = await knock(url, { token: forged })
  socket.disconnect()
  return [body.code, refusal?.code]
}

t.test('what the first key signs is good, and what an older one signed stays good', async t => {
  for (const [kid, secret] of [
    ['new', newSecret],
    ['old', oldSecret]
  ] as const) {
    t.same(await codes(signed(good, kid, secret)), [undefined, undefined], kid)
  }
  const { header } = app.jwt.decode<{ header: object }>(token, { complete: true })!
  t.match(header, { alg: 'HS256', kid: 'new' }, 'the first signs')
})

t.test('what a removed key signed is good no more', async t => {
  t.same(await codes(signed(good, 'removed', removedSecret)), ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
})

t.test('no forged token is good, on REST or on the socket', async t => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsText = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'new' })}.${encode(good)}`
  const [head, , signature] = token.split('.')
  const forgeries: Record<string, string> = {
    'signed with the wrong key': signed(good, 'new', removedSecret),
    'signed with another of our keys': signed(good, 'new', oldSecret),
    'alg none': `${encode({ alg: 'none', typ: 'JWT', kid: 'new' })}.${encode(good)}.`,
    'alg None, with a signature': hmac({ alg: 'None', kid: 'new' }, good, newSecret),
    'alg HS512 with our key': hmac({ alg: 'HS512', typ: 'JWT', kid: 'new' }, good, newSecret, 'sha512'),
    'alg RS256': `${rsText}.${createSign('sha256').update(rsText).sign(privateKey, 'base64url')}`,
    'a public key taken for a secret': hmac(
      { alg: 'HS256', kid: 'new', jwk: publicKey.export({ format: 'jwk' }) },
      good,
      publicKey.export({ type: 'spki', format: 'pem' }).toString()
    ),
    'no kid': hmac({ alg: 'HS256', typ: 'JWT' }, good, newSecret),
    'kid null': signed(good, null),
    'kid empty': signed(good, ''),
    'kid unknown': signed(good, 'newer'),
    'kid an array': signed(good, ['new']),
    'kid an object': signed(good, { toString: 'new' }),
    'kid __proto__': signed(good, '__proto__', ''),
    'kid constructor': signed(good, 'constructor', 'function Object() { [native code] }'),
    'kid toString': signed(good, 'toString', 'undefined'),
    'kid a path': signed(good, '../../dev/null', ''),
    'another payload under a good signature': `${head}.${encode({ ...good, sub: 'somebodyElse' })}.${signature}`,
    'no signature': `${head}.${encode(good)}.`,
    'two parts': `${head}.${encode(good)}`,
    'nbf to come': signed({ ...good, nbf: nowS + 300 }),
    'no exp': signed({ ...good, exp: undefined }),
    'exp in words': signed({ ...good, exp: 'never' }),
    'no session': signed({ ...good, sid: undefined }),
    'sub an operator': signed({ ...good, sub: { $ne: null } }),
    'guest in words': signed({ ...good, guest: 'false' }),
    'a payload that is no object': hmac({ alg: 'HS256', kid: 'new' }, '"text"', newSecret),
    'a payload that is no JSON': hmac({ alg: 'HS256', kid: 'new' }, '{', newSecret),
    'forged and over': signed({ ...good, exp: nowS - 60 }, 'new', removedSecret),
    'not a token': 'rubbish',
    dots: '..',
    huge: `${head}.${'A'.repeat(12_000)}.${signature}`
  }
  for (const [what, forged] of Object.entries(forgeries)) {
    t.same(await codes(forged), ['UNAUTHENTICATED', 'UNAUTHENTICATED'], what)
  }
})

t.test('one that was good and is over is told so', async t => {
  t.same(await codes(signed({ ...good, exp: nowS - 1 })), ['TOKEN_EXPIRED', 'TOKEN_EXPIRED'])
})

t.test('anything else in the header is not taken for a token', async t => {
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

t.test('a token that was found good is over when its time is', async t => {
  const { app } = await startApp(t, { ACCESS_TOKEN_TTL_MS: '1000' })
  const user = await app.users.create({ displayName: 'Somebody' })
  const { accessToken } = app.tokens.issue(user, await app.sessions.open(user.id, 'test'))
  t.match(await app.tokens.verifyAccess(accessToken), { userId: user.id })
  const code = async () =>
    await app.tokens.verifyAccess(accessToken).then(
      () => 'good',
      (error: { code: string }) => error.code
    )
  await until(async () => (await code()) !== 'good')
  t.equal(await code(), 'TOKEN_EXPIRED')
  t.equal(await code(), 'TOKEN_EXPIRED', 'and stays so')
})
