import t from 'tap'
import type { User } from '../../../contract/users.ts'
import { signIn } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { createAvatarRequests, formOf } from './avatar-requests.ts'
import { createTwoColorPicture } from './pictures.ts'

const real = await startApp(t, { AUTH_GUESTS: 'on' })
const { app, url } = real
const { upload, listStored } = createAvatarRequests(real)

t.test('other routes reject multipart', async t => {
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

t.test('a new picture replaces the old one', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await createTwoColorPicture().png().toBuffer()
  const first = (await upload(person, picture)).body.avatarUrl!
  const second = (await upload(person, picture)).body.avatarUrl!
  t.not(first, second)
  t.equal((await fetch(url + first)).status, 404)
  t.equal((await fetch(url + second)).status, 200)
  t.equal((await listStored(person.id)).length, 1)
  t.equal((await person.rest<User>('DELETE', '/v1/users/me/avatar')).avatarUrl, null)
  t.equal((await person.rest<User>('DELETE', '/v1/users/me/avatar')).avatarUrl, null, 'safe to repeat')
  t.equal((await fetch(url + second)).status, 404)
  t.same(await listStored(person.id), [])
})

t.test('after four concurrent uploads only the shown picture is left', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await createTwoColorPicture().png().toBuffer()
  const answers = await Promise.all(Array.from({ length: 4 }, async () => await upload(person, picture)))
  t.same(new Set(answers.map(({ status }) => status)), new Set([200]))
  const { avatarUrl } = await person.rest<User>('GET', '/v1/users/me')
  t.equal((await fetch(url + avatarUrl!)).status, 200)
  t.equal((await listStored(person.id)).length, 1)
})

t.test('a crash during an upload leaves no broken URL', async t => {
  const person = await signIn(url, 'Somebody')
  const picture = await createTwoColorPicture().png().toBuffer()
  const shown = (await upload(person, picture)).body.avatarUrl!
  // After the file is stored and before the user refers to it: the old picture stays.
  const setAvatar = app.users.setAvatar
  app.users.setAvatar = async () => {
    throw new Error('the server crashed')
  }
  t.equal((await upload(person, picture)).status, 500)
  app.users.setAvatar = setAvatar
  t.equal((await person.rest<User>('GET', '/v1/users/me')).avatarUrl, shown)
  t.equal((await fetch(url + shown)).status, 200)
  // After the user refers to it and before the old file is deleted: the new picture is shown.
  const { delete: remove } = app.storage
  app.storage.delete = async () => {
    throw new Error('the server crashed')
  }
  t.equal((await upload(person, picture)).status, 500)
  app.storage.delete = remove
  const { avatarUrl } = await person.rest<User>('GET', '/v1/users/me')
  t.not(avatarUrl, shown)
  t.equal((await fetch(url + avatarUrl!)).status, 200)
  t.equal((await listStored(person.id)).length, 3)
  await app.avatars.erase(person.id)
  t.same(await listStored(person.id), [], 'leftover files are erased with the person')
})

t.test('invalid keys of pictures are rejected', async t => {
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

t.test('guests and callers without a token cannot upload a picture', async t => {
  const picture = await createTwoColorPicture(9, 9).png().toBuffer()
  const guest = (await (
    await fetch(`${url}/v1/auth/guest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  ).json()) as { accessToken: string }
  t.match(await upload({ token: guest.accessToken }, picture), { status: 403, body: { code: 'FORBIDDEN' } })
  t.match(await upload({ token: 'none' }, picture), { status: 401, body: { code: 'UNAUTHENTICATED' } })
})

t.test('pictures are exported and erased', async t => {
  const person = await signIn(url, 'Somebody')
  const { avatarUrl } = (await upload(person, await createTwoColorPicture(9, 9).png().toBuffer())).body
  const keeper = app.personalData.keepers().get('avatars')!
  const records: object[] = []
  for await (const record of keeper.export(person.id)) records.push(record)
  t.match(records, [{ url: avatarUrl }])
  await keeper.erase(person.id)
  await keeper.erase(person.id)
  t.equal((await fetch(url + avatarUrl!)).status, 404)
})
