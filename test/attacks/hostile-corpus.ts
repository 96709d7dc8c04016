import { createHmac } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** Bodies that no operation accepts, with their fault. */
export const hostileBodies: readonly [string, string][] = [
  ['an empty body', ''],
  ['an open brace', '{'],
  ['a string', '"text"'],
  ['a number', '7'],
  ['an array', '[]'],
  ['an array of objects', '[{},{}]'],
  ['operators', '{"$where":"1","$or":[{}],"$set":{"guest":false}}'],
  [
    'an operator for an id',
    '{"subjectId":{"$ne":null},"refreshToken":{"$gt":""},"title":{"$regex":".*"},"token":{"$exists":true}}'
  ],
  ['__proto__', '{"__proto__":{"polluted":true}}'],
  ['constructor.prototype', '{"constructor":{"prototype":{"polluted":true}}}'],
  ['a nested __proto__', '{"settings":{"__proto__":{"polluted":true}}}'],
  ['an unknown property', '{"isOperator":true,"guest":false,"creatorId":"me"}'],
  ['deep nesting', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ['deep arrays', `{"links":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ['many properties', JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`p${n}`, n])))],
  ['a huge text', JSON.stringify({ title: 'x'.repeat(70_000) })],
  [
    'a lone surrogate',
    '{"title":"\\ud800","displayName":"\\udfff","reason":"\\ud800","bio":"\\ud800","answer":"\\ud800"}'
  ],
  ['NUL', '{"title":"a\\u0000b","displayName":"\\u0000","reason":"\\u0000","bio":"\\u0000","answer":"\\u0000"}'],
  [
    'direction overrides',
    '{"title":"\\u202egnp.exe","displayName":"\\u2066x","reason":"\\u202e","bio":"\\u202e","answer":"\\u202e"}'
  ],
  [
    'invisible text',
    '{"title":"\\u200b\\u2060","displayName":"\\u3164","reason":"\\u200b","bio":"\\u200b","answer":"\\u2800"}'
  ],
  ['a huge number', '{"maxUses":1e400,"version":1e400}'],
  ['numbers out of range', '{"maxUses":99999999999999999999,"version":-1,"expiresInMs":0.5}'],
  ['duplicate keys', '{"title":"a","title":{"$gt":""},"refreshToken":"a","refreshToken":["b"]}']
]

/** Bodies with a content type that no operation accepts as JSON. */
export const wrongContents: readonly [string, string][] = [
  ['text/plain', '{"title":"x"}'],
  ['application/x-www-form-urlencoded', 'title=x&displayName=x'],
  ['application/xml', '<title>x</title>'],
  ['application/json; charset=utf-16', '{"title":'],
  ['application/octet-stream', '\u0000\u0001'],
  ['nonsense', '{}'],
  ['application/json/x', '{}']
]

/** Ids that do not exist, or that no id may look like. */
export const hostileIds: readonly string[] = [
  '$ne',
  '{"$gt":""}',
  '__proto__',
  'constructor',
  'toString',
  '..',
  '../../etc/passwd',
  '%00',
  '\u0000',
  'x\ny',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(500),
  '\u202e',
  '🎤',
  'null',
  'undefined',
  '-1',
  'NaN',
  ' ',
  'a b',
  "' or 1=1 --",
  '<script>',
  'me',
  '000000000000000000000000'
]

export const hostileQueries: readonly string[] = [
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=1e9',
  'limit=NaN',
  'limit=1&limit=2',
  'limit[$gt]=1',
  'limit=',
  'cursor=',
  'cursor=%00',
  `cursor=${'x'.repeat(300)}`,
  'cursor=MTox',
  `cursor=${Buffer.from('1:$ne').toString('base64url')}`,
  `cursor=${Buffer.from('999999999999999:x').toString('base64url')}`,
  `cursor=${Buffer.from('{"$gt":""}').toString('base64url')}`,
  'cursor[]=a',
  'status=all',
  'status=live&status=ended',
  'status[$ne]=live',
  'q=%5B',
  'q=(((((',
  'q=.*',
  'q=%ED%A0%80',
  'q=%00',
  `q=${'a'.repeat(101)}`,
  'q=%F0%9F%8E%A4',
  'q[$regex]=.*',
  '__proto__=1',
  '__proto__[polluted]=1',
  'constructor=1',
  'creatorId[$ne]=x',
  'creatorId=%24ne',
  '%',
  '%E0%A4%A',
  '&&&===',
  'a=1'.repeat(200)
]

const boundary = 'edge'
const part = (name: string, head = '') =>
  `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="x.png"\r\n${head}\r\n`

/** Forms that can't be parsed, or that no operation accepts. */
export const malformedForms: readonly [string, string, string][] = [
  ['no boundary', 'multipart/form-data', `${part('file')}x\r\n--${boundary}--`],
  ['an empty boundary', 'multipart/form-data; boundary=', 'x'],
  ['another boundary', 'multipart/form-data; boundary=other', `${part('file')}x\r\n--${boundary}--`],
  ['no closing boundary', `multipart/form-data; boundary=${boundary}`, `${part('file')}x`],
  ['no parts', `multipart/form-data; boundary=${boundary}`, `--${boundary}--\r\n`],
  ['another name', `multipart/form-data; boundary=${boundary}`, `${part('picture')}x\r\n--${boundary}--\r\n`],
  ['a hostile name', `multipart/form-data; boundary=${boundary}`, `${part('__proto__')}x\r\n--${boundary}--\r\n`],
  [
    'many parts',
    `multipart/form-data; boundary=${boundary}`,
    `${Array.from({ length: 200 }, (_, n) => `${part(`p${n}`)}x\r\n`).join('')}--${boundary}--\r\n`
  ],
  [
    'a file that is no picture',
    `multipart/form-data; boundary=${boundary}`,
    `${part('file', 'content-type: image/png\r\n')}no picture\r\n--${boundary}--\r\n`
  ],
  [
    'an endless header',
    `multipart/form-data; boundary=${boundary}`,
    `${part('file', `x-a: ${'a'.repeat(20_000)}\r\n`)}x\r\n--${boundary}--\r\n`
  ],
  [
    'broken part headers',
    `multipart/form-data; boundary=${boundary}`,
    `--${boundary}\r\n:::\r\n\r\nx\r\n--${boundary}--\r\n`
  ]
]

/** Raw requests; each closes its connection. */
export const rawRequests: readonly [string, string][] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['another protocol', 'GET / HTTP/9.9\r\n\r\n'],
  ['a huge header', `GET /v1/shows HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['a huge URL', `GET /v1/shows?${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['two lengths', 'POST /v1/shows HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
  [
    'a length and chunks',
    'POST /v1/shows HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'
  ],
  ['a length that is not a number', 'POST /v1/shows HTTP/1.1\r\nhost: x\r\ncontent-length: five\r\n\r\nhello'],
  [
    'an invalid chunk',
    'POST /v1/auth/dev-login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n' +
      'content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'
  ],
  ['a broken escape', 'GET /v1/shows/%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['a control character in a header', 'GET /v1/shows HTTP/1.1\r\nhost: x\r\nx-a: a\u0001b\r\n\r\n'],
  ["a space in a header's name", 'GET /v1/shows HTTP/1.1\r\nhost: x\r\nx a: b\r\n\r\n']
]

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Authorization headers that must be rejected: forged, truncated, expired, of other kinds. */
export async function badTokens(app: FastifyInstance, userId: string): Promise<readonly [string, string][]> {
  const [key] = app.config.JWT_KEYS
  const kid = key?.kid ?? ''
  const exp = Math.ceil(Date.now() / 1000) + 3600
  const payload = { sub: userId, sid: 'x', guest: false, exp }
  const signed = (header: object, body: object, secret: string) => {
    const head = `${encode(header)}.${encode(body)}`
    return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`
  }
  const good = { alg: 'HS256', typ: 'JWT', kid }
  const { refreshToken, signInId } = await app.sessions.open(userId, 'test')
  const tokens: [string, string][] = [
    ['no algorithm', `${encode({ alg: 'none', typ: 'JWT', kid })}.${encode(payload)}.`],
    ['another secret', signed(good, payload, 'x'.repeat(32))],
    ['an unknown key', signed({ ...good, kid: 'other' }, payload, key?.secret ?? '')],
    ['a key of the prototype', signed({ ...good, kid: '__proto__' }, payload, '')],
    ['a path as the key', signed({ ...good, kid: '../../dev/null' }, payload, '')],
    ['an expired token', signed(good, { ...payload, sid: signInId, exp: 1 }, key?.secret ?? '')],
    [
      'a payload with other types',
      signed(good, { sub: { $ne: null }, sid: ['x'], guest: 'no', exp }, key?.secret ?? '')
    ],
    ['a refresh token', refreshToken],
    ['dots', '...'],
    ['a huge token', 'x'.repeat(8000)]
  ]
  return [
    ...tokens.map(([name, token]): [string, string] => [name, `Bearer ${token}`]),
    ['another scheme', 'Basic YTpi'],
    ['a scheme alone', 'Bearer'],
    ['two tokens', 'Bearer a, Bearer b']
  ]
}
