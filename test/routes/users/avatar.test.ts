import { connect } from 'node:net'
import sharp from 'sharp'
import t from 'tap'
import type { User } from '../../../contract/users.ts'
import { signIn, type TestUser } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { deepPng, halves, hugePng, jpegOfScans, phonePicture } from './pictures.ts'

const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })

interface Answer {
  status: number
  body: User & { code?: string }
}

/** Sends a form; by default one file under the name it should have. */
async function upload(
  { token }: Pick<TestUser, 'token'>,
  file: Uint8Array | FormData,
  type = 'image/jpeg'
): Promise<Answer> {
  const form = file instanceof FormData ? file : formOf(file, 'file', type)
  const response = await fetch(`${url}/v1/users/me/avatar`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: form
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

function formOf(file: Uint8Array, name: string, type = 'image/jpeg'): FormData {
  const form = new FormData()
  form.append(name, new Blob([Buffer.from(file)], { type }), '../../../etc/passwd')
  return form
}

async function storedOf(userId: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of app.storage.list(`avatars/${userId}/`)) keys.push(key)
  return keys
}

t.test('a picture of a phone becomes a square without a past', async t => {
  const person = await signIn(url, 'Somebody')
  const { status, body } = await upload(person, await phonePicture(), 'application/octet-stream')
  t.equal(status, 200)
  t.match(body.avatarUrl, new RegExp(`^/v1/avatars/${person.id}\\.[A-Za-z0-9_-]{16}$`))
  const response = await fetch(url + body.avatarUrl!)
  t.match(Object.fromEntries(response.headers), {
    'content-type': 'image/webp',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin'
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  t.equal(Number(response.headers.get('content-length')), bytes.length)
  const { width, height, format, exif, xmp, icc, iptc } = await sharp(await withDecoder(bytes)).metadata()
  t.same(
    { width, height, format, exif, xmp, icc, iptc },
    { width: 512, height: 512, format: 'webp', exif: undefined, xmp: undefined, icc: undefined, iptc: undefined }
  )
  const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  t.ok(data[0]! > 200 && data[2]! < 60, 'turned upright: what was left is above')
  t.ok(data.at(-1)! > 200 && data.at(-3)! < 60, 'and what was right is below')
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, body.avatarUrl)
  t.match((await fetch(url + body.avatarUrl!, { method: 'HEAD' })).status, 200)
})

/**
 * The bytes, once it is sure that the phone's own picture did say where it was taken: else this test proves nothing.
 */
async function withDecoder(bytes: Buffer): Promise<Buffer> {
  const { exif, orientation } = await sharp(await phonePicture()).metadata()
  t.ok(exif && exif.length > 60 && orientation === 6, 'the picture that was sent has a place and a turn')
  return bytes
}

t.test('PNG and WebP do as well, and only the first frame of what moves', async t => {
  const person = await signIn(url, 'Somebody')
  t.equal((await upload(person, await halves().png().toBuffer())).status, 200)
  t.equal((await upload(person, deepPng(600, 500))).status, 200)
  t.equal((await upload(person, jpegOfScans(50))).status, 200)
  // As phones do, which put a film behind.
  t.equal(
    (await upload(person, Buffer.concat([await phonePicture(), Buffer.alloc(1000, '\xff\xda', 'latin1')]))).status,
    200
  )
  t.equal((await upload(person, await halves(40, 900).webp().toBuffer())).status, 200)
  const moving = await sharp(Buffer.concat([Buffer.alloc(30_000, 90), Buffer.alloc(30_000, 200)]), {
    raw: { width: 100, height: 200, channels: 3, pageHeight: 100 }
  })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer()
  t.equal((await sharp(moving).metadata()).pages, 2)
  const { body } = await upload(person, moving)
  const shown = Buffer.from(await (await fetch(url + body.avatarUrl!)).arrayBuffer())
  t.equal((await sharp(shown).metadata()).pages ?? 1, 1)
})

t.test('what is no picture, or a dangerous one', async t => {
  const person = await signIn(url, 'Somebody')
  const jpeg = await phonePicture()
  const png = await halves().png().toBuffer()
  const hostile: Record<string, Uint8Array> = {
    'an SVG': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
    ),
    'a GIF': await halves(9, 9).gif().toBuffer(),
    'a TIFF': await halves(9, 9).tiff().toBuffer(),
    'an AVIF': await halves(64, 64).avif().toBuffer(),
    'a page': Buffer.from('<!doctype html><script>alert(1)</script>'),
    nothing: Buffer.alloc(0),
    'a JPEG in name only': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<svg/>')]),
    'a PNG in name only': Buffer.concat([png.subarray(0, 8), Buffer.from('<svg/>')]),
    'a WebP in name only': Buffer.from('RIFF\0\0\0\0WEBPVP8 '),
    'half a JPEG': jpeg.subarray(0, jpeg.length / 2),
    'half a PNG': png.subarray(0, png.length / 2),
    'a PNG of 50,000 × 50,000': hugePng(50_000, 50_000),
    'a PNG of a line': hugePng(1, 2_000_000_000),
    'a PNG that promises more than it has': hugePng(7000, 7000),
    'a PNG of 30 million pixels of eight bytes': deepPng(6000, 5000),
    'a JPEG that is gone over a thousand times': jpegOfScans(1000),
    'a JPEG that is gone over once too often': jpegOfScans(51)
  }
  for (const [what, bytes] of Object.entries(hostile)) {
    t.match(await upload(person, bytes), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } }, what)
  }
  t.same(await storedOf(person.id), [], 'nothing of it is kept')
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, null)
})

t.test('a picture that is a page as well is only a picture afterwards', async t => {
  const person = await signIn(url, 'Somebody')
  const script = '<script>alert(document.domain)</script>'
  const polyglot = Buffer.concat([
    await halves()
      .withExif({ IFD0: { ImageDescription: script } })
      .jpeg()
      .toBuffer(),
    Buffer.from(script),
    Buffer.from('PK\x05\x06' + '\0'.repeat(18), 'latin1')
  ])
  const { body } = await upload(person, polyglot, 'text/html')
  const shown = Buffer.from(await (await fetch(url + body.avatarUrl!)).arrayBuffer())
  t.equal(shown.includes('script'), false)
  t.equal(shown.includes('PK\x05\x06'), false)
})

t.test('forms that are not one file', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await halves(9, 9).png().toBuffer()
  t.match(await upload(person, Buffer.concat([picture, Buffer.alloc(5 * 1024 * 1024)])), {
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' }
  })
  t.match(await upload(person, formOf(picture, 'picture')), {
    status: 400,
    body: { code: 'VALIDATION', issues: [{ path: '/file' }] }
  })
  const two = formOf(picture, 'file')
  two.append('file', new Blob([picture]), 'b')
  t.match(await upload(person, two), { status: 400, body: { code: 'VALIDATION' } })
  const field = formOf(picture, 'file')
  field.append('note', 'text')
  t.match(await upload(person, field), { status: 400, body: { code: 'VALIDATION' } })
  t.match(await upload(person, new FormData()), { status: 400, body: { code: 'VALIDATION' } })
  t.match(await upload(person, formOf(picture, '__proto__')), { status: 400, body: { code: 'VALIDATION' } })
  const raw = async (body: string | undefined, type: string) => {
    const response = await fetch(`${url}/v1/users/me/avatar`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': type },
      ...(body !== undefined && { body })
    })
    return { status: response.status, body: await response.json() }
  }
  t.match(await raw('{}', 'application/json'), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } })
  t.match(await raw('x', 'image/png'), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } })
  t.match(await raw('x', 'multipart/form-data'), { status: 400, body: { code: 'VALIDATION' } }, 'no boundary')
  t.match(
    await raw(
      '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nhalf',
      'multipart/form-data; boundary=b'
    ),
    { status: 400, body: { code: 'VALIDATION' } },
    'no end'
  )
  t.match(await raw('rubbish', 'multipart/form-data; boundary=b'), { status: 400, body: { code: 'VALIDATION' } })
  t.same(await storedOf(person.id), [])
})

t.test('a sender who never stops is cut off', async t => {
  const person = await signIn(url, 'Somebody')
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const cut = new Promise<void>(resolve => {
    socket.once('close', () => resolve())
  })
  socket.on('error', () => {})
  socket.resume()
  socket.write(
    `PUT /v1/users/me/avatar HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.token}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 100000000000\r\n\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n`
  )
  const piece = Buffer.alloc(1024 * 1024)
  const sendOn = () => {
    if (socket.writable) socket.write(piece, sendOn)
  }
  sendOn()
  await cut
  t.pass('the connection is closed')
})

t.test('multipart is for uploads only', async t => {
  const person = await signIn(url, 'Somebody')
  const response = await fetch(`${url}/v1/shows`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
    body: formOf(Buffer.from('x'), 'title')
  })
  t.match(
    { status: response.status, body: await response.json() },
    { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } }
  )
})

t.test('the old picture goes when the new one is in place', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await halves().png().toBuffer()
  const first = (await upload(person, picture)).body.avatarUrl!
  const second = (await upload(person, picture)).body.avatarUrl!
  t.not(first, second)
  t.equal((await fetch(url + first)).status, 404)
  t.equal((await fetch(url + second)).status, 200)
  t.equal((await storedOf(person.id)).length, 1)
  t.equal((await person.rest<User>('DELETE', '/v1/users/me/avatar')).avatarUrl, null)
  t.equal((await person.rest<User>('DELETE', '/v1/users/me/avatar')).avatarUrl, null, 'again')
  t.equal((await fetch(url + second)).status, 404)
  t.same(await storedOf(person.id), [])
})

t.test('four at once: one picture is left, and it is the one that is shown', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await halves().png().toBuffer()
  const answers = await Promise.all(Array.from({ length: 4 }, async () => await upload(person, picture)))
  t.same(new Set(answers.map(({ status }) => status)), new Set([200]))
  const { avatarUrl } = await person.rest<User>('GET', '/v1/users/me')
  t.equal((await fetch(url + avatarUrl!)).status, 200)
  t.equal((await storedOf(person.id)).length, 1)
})

t.test('a server that dies in between leaves no reference to nothing', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await halves().png().toBuffer()
  const shown = (await upload(person, picture)).body.avatarUrl!
  // After the picture is stored and before it is referred to: what is shown stays.
  const setAvatar = app.users.setAvatar
  app.users.setAvatar = async () => {
    throw new Error('the server died')
  }
  t.equal((await upload(person, picture)).status, 500)
  app.users.setAvatar = setAvatar
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, shown)
  t.equal((await fetch(url + shown)).status, 200)
  // After it is referred to and before the old one is gone: the new one is there.
  const { delete: remove } = app.storage
  app.storage.delete = async () => {
    throw new Error('the server died')
  }
  t.equal((await upload(person, picture)).status, 500)
  app.storage.delete = remove
  const { avatarUrl } = await person.rest<User>('GET', '/v1/users/me')
  t.not(avatarUrl, shown)
  t.equal((await fetch(url + avatarUrl!)).status, 200)
  t.equal((await storedOf(person.id)).length, 3)
  await app.avatars.erase(person.id)
  t.same(await storedOf(person.id), [], 'what is left over goes with the person')
})

t.test('keys of pictures lead nowhere else', async t => {
  for (const key of [
    'x',
    '..%2f..%2fetc%2fpasswd',
    'a.b',
    '.incoming',
    `${'a'.repeat(65)}.${'b'.repeat(16)}`,
    `a.${'b'.repeat(15)}%00`,
    'a%2f..%2fb.bbbbbbbbbbbbbbbb'
  ]) {
    t.match((await fetch(`${url}/v1/avatars/${key}`)).status, /^(400|404)$/, key)
  }
  t.equal((await fetch(`${url}/v1/avatars/${'a'.repeat(20)}.${'b'.repeat(16)}`)).status, 404)
})

t.test('guests and nobody in particular show no picture', async t => {
  const picture = await halves(9, 9).png().toBuffer()
  const guest = (await (
    await fetch(`${url}/v1/auth/guest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  ).json()) as { accessToken: string }
  t.match(await upload({ token: guest.accessToken }, picture), { status: 403, body: { code: 'FORBIDDEN' } })
  t.match(await upload({ token: 'none' }, picture), { status: 401, body: { code: 'UNAUTHENTICATED' } })
})

t.test("what is held about a person's pictures", async t => {
  const person = await signIn(url, 'Somebody')
  const { avatarUrl } = (await upload(person, await halves(9, 9).png().toBuffer())).body
  const keeper = app.personalData.keepers().get('avatars')!
  const records: object[] = []
  for await (const record of keeper.export(person.id)) records.push(record)
  t.match(records, [{ url: avatarUrl }])
  await keeper.erase(person.id)
  await keeper.erase(person.id)
  t.equal((await fetch(url + avatarUrl!)).status, 404)
})
