import fc from 'fast-check'
import t from 'tap'
import { defaultSettings } from '../../../../contract/settings.ts'
import type { Show } from '../../../../contract/shows.ts'
import { withLinkPreview } from '../../../../plugins/app/shows/link-preview.ts'
import { signIn } from '../../../users.ts'
import { startApp } from '../../../realtime/real-app.ts'

const page =
  '<html><head><meta charset="utf-8">\n<meta name="description" content="Live."><title>Ambient</title></head>' +
  '<body></body></html>'
const hostile = '"><script>alert(1)</script><!-- \' $& $` </title></head>'

const show: Show = {
  id: 'abc',
  creator: { id: 'c', displayName: 'Host', avatarUrl: null },
  title: 'A show',
  description: '',
  tags: [],
  status: 'scheduled',
  visibility: 'public',
  settings: defaultSettings,
  startsAt: null,
  startedAt: null,
  endedAt: null,
  endReason: null,
  listenerCount: 0,
  peakListeners: 0,
  totalListeners: 0,
  version: 1,
  createdAt: '2030-01-01T00:00:00.000Z',
  updatedAt: '2030-01-01T00:00:00.000Z'
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
const unescape = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, reference => entities[reference] ?? '')

/** Returns the content of a meta tag. */
function metaOf(html: string, key: string): string | undefined {
  const found = new RegExp(`<meta (?:name|property)="${key}" content="([^"]*)">`).exec(html)?.[1]
  return found === undefined ? undefined : unescape(found)
}

t.test('the preview adds the tags of a show to the page', async t => {
  const html = withLinkPreview(page, { ...show, description: 'Songs.\nAnd  talk.' }, 'https://ambient.example')
  t.match(html, /<title>A show · Ambient<\/title>/)
  t.equal(html.match(/<title>/g)?.length, 1, "the page's own title is replaced")
  t.equal(html.match(/name="description"/g)?.length, 1)
  t.equal(metaOf(html, 'og:title'), 'A show')
  t.equal(metaOf(html, 'og:description'), 'A live audio show by Host. Songs. And talk.')
  t.equal(metaOf(html, 'og:url'), 'https://ambient.example/shows/abc')
  t.equal(metaOf(html, 'og:image'), 'https://ambient.example/card.png')
  t.match(html, '<link rel="canonical" href="https://ambient.example/shows/abc">')
  t.equal(metaOf(html, 'robots'), undefined)
})

t.test(
  "the preview has the absolute URL of the creator's picture, and excludes unlisted shows from search engines",
  async t => {
    const html = withLinkPreview(
      page,
      { ...show, visibility: 'unlisted', creator: { id: 'c', displayName: 'Host', avatarUrl: '/v1/avatars/k' } },
      'https://ambient.example'
    )
    t.equal(metaOf(html, 'og:image'), 'https://ambient.example/v1/avatars/k')
    t.equal(metaOf(html, 'twitter:card'), 'summary')
    t.equal(metaOf(html, 'robots'), 'noindex')
  }
)

t.test('the preview has the cover of the show, before the picture of its creator', async t => {
  const creator = { id: 'c', displayName: 'Host', avatarUrl: '/v1/avatars/k' }
  const covered = { ...show, title: 'A "quoted" show', creator, coverUrl: '/v1/covers/c.name' }
  const html = withLinkPreview(page, covered, 'https://ambient.example')
  t.equal(metaOf(html, 'og:image'), 'https://ambient.example/v1/covers/c.name')
  t.equal(metaOf(html, 'og:image:alt'), 'A "quoted" show')
  t.equal(metaOf(html, 'twitter:card'), 'summary')
})

t.test('a long description is cut between graphemes', async t => {
  const family = '👩‍👩‍👧‍👦'
  const text =
    metaOf(
      withLinkPreview(page, { ...show, description: family.repeat(300) }, 'https://ambient.example'),
      'og:description'
    ) ?? ''
  t.ok(text.endsWith(`${family}…`))
  t.equal([...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length, 200)
})

t.test('texts of people are never markup', async () => {
  const withoutTexts = (html: string) =>
    html.replace(/content="[^"]*"/g, 'content=""').replace(/<title>[^<]*<\/title>/, '<title></title>')
  const plain = withoutTexts(withLinkPreview(page, show, 'https://ambient.example'))
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constant(hostile),
    fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '$', '/', '!', '-', 'a', ' ') })
  )
  fc.assert(
    fc.property(text, text, text, (title, description, displayName) => {
      const html = withLinkPreview(
        page,
        { ...show, title, description, creator: { ...show.creator, displayName } },
        'https://ambient.example'
      )
      return (
        withoutTexts(html) === plain && metaOf(html, 'og:title') === title && metaOf(html, 'author') === displayName
      )
    })
  )
})

t.test('the page of a show has the tags, except for private shows', async t => {
  const { url } = await startApp(t, { PUBLIC_URL: 'https://ambient.example' })
  const creator = await signIn(url, 'Creator')
  const createShow = async (visibility: string) =>
    (await creator.rest<Show>('POST', '/v1/shows', { title: hostile, visibility })).id
  const pageOf = async (path: string, token?: string) => {
    const response = await fetch(url + path, {
      headers: { accept: 'text/html', ...(token && { authorization: `Bearer ${token}` }) }
    })
    return { status: response.status, type: response.headers.get('content-type'), html: await response.text() }
  }

  const open = await pageOf(`/shows/${await createShow('public')}`)
  t.match(open, { status: 200, type: 'text/html; charset=utf-8' })
  t.equal(metaOf(open.html, 'og:title'), hostile)
  t.notMatch(open.html, '<script>alert')
  t.equal(metaOf((await pageOf(`/shows/${await createShow('unlisted')}`)).html, 'og:title'), hostile)

  const unknown = await pageOf('/shows/unknown')
  t.match(unknown, { status: 200 })
  t.notMatch(unknown.html, 'og:')
  const hidden = await createShow('private')
  t.same(await pageOf(`/shows/${hidden}`), unknown, 'the same page as for an unknown show')
  t.same(await pageOf(`/shows/${hidden}`, creator.token), unknown, 'also for the creator, because pages may be cached')
  t.same(await fetch(`${url}/v1/auth/options`).then(async response => await response.json()), {
    devLogin: true,
    guests: true,
    spotify: false,
    spotifyPlayer: false,
    oidc: false
  })
})
