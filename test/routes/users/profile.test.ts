import t from 'tap'
import type { Page } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import type { User } from '../../../contract/users.ts'
import type { TestUser } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { createUserRequests } from './user-requests.ts'

const { url } = await startApp(t)
const { send, signInPeople, profileOf, readAll } = createUserRequests(url)

t.test('a changed profile is cleaned, and other fields are kept', async t => {
  const [person, other] = await signInPeople(2)
  const changed = await send<User>(person!, 'PATCH', '/v1/users/me', {
    displayName: '  Ame\u0301lie ',
    bio: ' one\r\ntwo ',
    links: [{ label: ' Tea ', url: 'https://EXAMPLE.org/a%20b/../tea?x=1' }]
  })
  t.match(
    changed,
    {
      status: 200,
      body: {
        displayName: 'Am\u00e9lie',
        bio: 'one\ntwo',
        links: [{ label: 'Tea', url: 'https://example.org/tea?x=1' }]
      }
    },
    'links are normalized as browsers do'
  )
  const site = [{ label: 'Site', url: 'https://example.org' }]
  t.same(
    (await send<User>(other!, 'PATCH', '/v1/users/me', { links: site })).body.links,
    site,
    'a URL without a path stays as it is'
  )
  t.match((await send(person!, 'PATCH', '/v1/users/me', { bio: '' })).body, {
    displayName: 'Am\u00e9lie',
    bio: '',
    links: [{ label: 'Tea' }]
  })
  t.match((await send(person!, 'PATCH', '/v1/users/me', {})).status, 200)
  t.match(await profileOf(person!), {
    id: person!.id,
    displayName: 'Am\u00e9lie',
    links: [{ label: 'Tea' }],
    followerCount: 0,
    followingCount: 0,
    followed: false
  })
  t.same((await send<User>(person!, 'PATCH', '/v1/users/me', { links: [] })).body.links, [])
})

t.test('links must be https URLs of public hosts without a password', async t => {
  const [person] = await signInPeople(1)
  const forbidden = [
    'http://example.org',
    'javascript:alert(1)',
    'https://',
    'https://user@example.org',
    'https://user:secret@example.org',
    'https://:secret@example.org',
    'https://localhost',
    'https://LOCALHOST./x',
    'https://a.localhost',
    'https://printer.local',
    'https://db.internal',
    'https://router.lan',
    'https://nas',
    'https://1.0.0.127.in-addr.arpa',
    'https://127.0.0.1',
    'https://127.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://10.1.2.3',
    'https://172.20.0.1',
    'https://192.168.1.1',
    'https://169.254.169.254/latest',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://224.0.0.1',
    'https://255.255.255.255',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:10.0.0.1]',
    'https://[fe80::1]',
    'https://[fd00::1]',
    'https://[64:ff9b::a00:1]',
    'https://[2002:a00:1::]',
    'https://[2001:db8::1]',
    'https://[ff02::1]',
    'https://①②⑦.0.0.1',
    `https://example.org/${'x'.repeat(481)}`,
    `https://example.org/${'ä'.repeat(200)}`
  ]
  for (const link of forbidden) {
    const { status, body } = await send(person!, 'PATCH', '/v1/users/me', {
      bio: 'changed',
      links: [
        { label: 'a', url: 'https://example.org' },
        { label: 'b', url: link }
      ]
    })
    t.match(
      { status, body },
      { status: 400, body: { code: 'VALIDATION', issues: [{ path: '/links/1/url' }] } },
      link.slice(0, 60)
    )
  }
  t.equal((await profileOf(person!)).bio, '', 'a rejected change stores nothing')
  for (const link of [
    'https://example.org',
    'https://sub.example.org:8443/x?y#z',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
    'https://m%C3%BCnchen.example.org/%C3%A4'
  ]) {
    t.equal((await send(person!, 'PATCH', '/v1/users/me', { links: [{ label: 'a', url: link }] })).status, 200, link)
  }
  const six = Array.from({ length: 6 }, (_, n) => ({ label: `${n}`, url: 'https://example.org' }))
  t.equal((await send(person!, 'PATCH', '/v1/users/me', { links: six })).status, 400)
})

t.test("a user's list of shows has the public ones, also for the user", async t => {
  const [one] = (await signInPeople(1)) as [TestUser]
  for (const visibility of ['public', 'unlisted', 'private']) {
    await one.rest('POST', '/v1/shows', { title: visibility, visibility })
  }
  for (const caller of [null, one]) {
    t.same(
      (await readAll<Show>(`/v1/users/${one.id}/shows`, 1, caller)).map(({ title }) => title),
      ['public']
    )
  }
  t.same((await send<Page<Show>>(null, 'GET', `/v1/users/${one.id}/shows?status=live`)).body.items, [])
  t.equal((await send(null, 'GET', `/v1/users/${one.id}/shows?creatorId=${one.id}`)).status, 400)
})
