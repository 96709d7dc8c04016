import { connect } from 'node:net'
import sharp from 'sharp'
import t from 'tap'
import type { User } from '../../../contract/users.ts'
import { signIn } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { createAvatarRequests, formOf } from './avatar-requests.ts'
import {
  createDeepPng,
  createHugePng,
  createPhonePicture,
  createScannedJpeg,
  createTwoColorPicture
} from './pictures.ts'

const real = await startApp(t, { AUTH_GUESTS: 'on' })
const { url } = real
const { upload, listStored } = createAvatarRequests(real)

t.test('a phone picture becomes a square without metadata', async t => {
  const person = await signIn(url, 'Somebody')
  const { status, body } = await upload(person, await createPhonePicture(), 'application/octet-stream')
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
  await checkMetadataSent()
  const { width, height, format, exif, xmp, icc, iptc } = await sharp(bytes).metadata()
  t.same(
    { width, height, format, exif, xmp, icc, iptc },
    { width: 512, height: 512, format: 'webp', exif: undefined, xmp: undefined, icc: undefined, iptc: undefined }
  )
  const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  t.ok(data[0]! > 200 && data[2]! < 60, 'upright: the left half is at the top')
  t.ok(data.at(-1)! > 200 && data.at(-3)! < 60, 'and the right half at the bottom')
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, body.avatarUrl)
  t.match((await fetch(url + body.avatarUrl!, { method: 'HEAD' })).status, 200)
})

/** Checks that the uploaded picture had a location and an orientation: otherwise the test proves nothing. */
async function checkMetadataSent(): Promise<void> {
  const { exif, orientation } = await sharp(await createPhonePicture()).metadata()
  t.ok(exif && exif.length > 60 && orientation === 6, 'the uploaded picture has a location and an orientation')
}

t.test('PNG and WebP are accepted, and the first frame of an animation is kept', async t => {
  const person = await signIn(url, 'Somebody')
  t.equal((await upload(person, await createTwoColorPicture().png().toBuffer())).status, 200)
  t.equal((await upload(person, createDeepPng(600, 500))).status, 200)
  t.equal((await upload(person, createScannedJpeg(50))).status, 200)
  // Some phones append a video.
  t.equal(
    (await upload(person, Buffer.concat([await createPhonePicture(), Buffer.alloc(1000, '\xff\xda', 'latin1')])))
      .status,
    200
  )
  t.equal((await upload(person, await createTwoColorPicture(40, 900).webp().toBuffer())).status, 200)
  const animated = await sharp(Buffer.concat([Buffer.alloc(30_000, 90), Buffer.alloc(30_000, 200)]), {
    raw: { width: 100, height: 200, channels: 3, pageHeight: 100 }
  })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer()
  t.equal((await sharp(animated).metadata()).pages, 2)
  const { body } = await upload(person, animated)
  const shown = Buffer.from(await (await fetch(url + body.avatarUrl!)).arrayBuffer())
  t.equal((await sharp(shown).metadata()).pages ?? 1, 1)
})

t.test('other files and dangerous pictures are rejected', async t => {
  const person = await signIn(url, 'Somebody')
  const jpeg = await createPhonePicture()
  const png = await createTwoColorPicture().png().toBuffer()
  const hostile: Record<string, Uint8Array> = {
    'an SVG': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
    ),
    'a GIF': await createTwoColorPicture(9, 9).gif().toBuffer(),
    'a TIFF': await createTwoColorPicture(9, 9).tiff().toBuffer(),
    'an AVIF': await createTwoColorPicture(64, 64).avif().toBuffer(),
    'a page': Buffer.from('<!doctype html><script>alert(1)</script>'),
    nothing: Buffer.alloc(0),
    'a JPEG in name only': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<svg/>')]),
    'a PNG in name only': Buffer.concat([png.subarray(0, 8), Buffer.from('<svg/>')]),
    'a WebP in name only': Buffer.from('RIFF\0\0\0\0WEBPVP8 '),
    'half a JPEG': jpeg.subarray(0, jpeg.length / 2),
    'half a PNG': png.subarray(0, png.length / 2),
    'a PNG of 50,000 × 50,000': createHugePng(50_000, 50_000),
    'a PNG of one line': createHugePng(1, 2_000_000_000),
    'a PNG with less data than its size': createHugePng(7000, 7000),
    'a PNG of 30 million pixels with eight bytes each': createDeepPng(6000, 5000),
    'a JPEG of a thousand scans': createScannedJpeg(1000),
    'a JPEG with one scan too many': createScannedJpeg(51)
  }
  for (const [what, bytes] of Object.entries(hostile)) {
    t.match(await upload(person, bytes), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } }, what)
  }
  t.same(await listStored(person.id), [], 'nothing is stored')
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, null)
})

t.test('the HTML in a polyglot picture is removed', async t => {
  const person = await signIn(url, 'Somebody')
  const script = '<script>alert(document.domain)</script>'
  const polyglot = Buffer.concat([
    await createTwoColorPicture()
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

t.test('forms with anything but one file are rejected', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await createTwoColorPicture(9, 9).png().toBuffer()
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
    'no closing boundary'
  )
  t.match(await raw('rubbish', 'multipart/form-data; boundary=b'), { status: 400, body: { code: 'VALIDATION' } })
  t.same(await listStored(person.id), [])
})

t.test('a client that never stops sending is cut off', async t => {
  const person = await signIn(url, 'Somebody')
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const cut = new Promise<void>(resolve => {
    socket.once('close', () => resolve())
  })
  socket.on('error', () => {})
  socket.resume()
  socket.write(
    `PUT /v1/users/me/avatar HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.token}\r\n` +
      'content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000000000\r\n\r\n' +
      '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'
  )
  const piece = Buffer.alloc(1024 * 1024)
  const sendMore = () => {
    if (socket.writable) socket.write(piece, sendMore)
  }
  sendMore()
  await cut
  t.pass('the connection is closed')
})
