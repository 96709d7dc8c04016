import t from 'tap'
import type { Show } from '../../../../contract/shows.ts'
import { defaultSettings } from '../../../../contract/settings.ts'
import { withPlayer } from '../../../../plugins/app/shows/embed-page.ts'

const page = '<html><head><title>Ambient</title></head><body><main id="player"></main></body></html>'
const show: Show = {
  id: 'kitchen',
  creator: { id: 'mira', displayName: '<b>Mira</b>', avatarUrl: '/v1/avatars/mira.abc' },
  title: 'Songs & "$&" <script>',
  description: '',
  tags: [],
  status: 'ended',
  visibility: 'public',
  settings: defaultSettings,
  startsAt: null,
  startedAt: null,
  endedAt: null,
  endReason: 'ended',
  listenerCount: 0,
  peakListeners: 0,
  totalListeners: 0,
  version: 1,
  createdAt: '2027-02-22T10:00:00.000Z',
  updatedAt: '2027-02-22T10:00:00.000Z'
}
const publicUrl = 'https://shows.example'

t.test('texts of people are escaped', async t => {
  const html = withPlayer(page, show, null, publicUrl)
  t.match(html, '<h1>Songs &amp; &quot;$&amp;&quot; &lt;script&gt;</h1>')
  t.match(html, '&lt;b&gt;Mira&lt;/b&gt; · This show has ended')
  t.match(html, '<img src="/v1/avatars/mira.abc" alt="">')
  t.match(html, 'href="https://shows.example/shows/kitchen"')
  t.notMatch(html, '<script>')
})

t.test('the cover of a show stands before the picture of its creator', async t => {
  const html = withPlayer(page, { ...show, coverUrl: '/v1/covers/mira."abc' }, null, publicUrl)
  t.match(html, '<span class="picture cover" aria-hidden="true"><img src="/v1/covers/mira.&quot;abc" alt=""></span>')
  t.notMatch(html, '/v1/avatars/')
})

t.test('a live show plays its sources in order; only a page that waits asks again', async t => {
  const sources = [
    { url: '/a.mp3', type: 'audio/mpeg' },
    { url: '/a.ogg', type: 'audio/ogg' }
  ]
  const live = withPlayer(page, { ...show, status: 'live' }, { isLive: true, sources }, publicUrl)
  t.match(live, '<source src="/a.mp3" type="audio/mpeg"><source src="/a.ogg" type="audio/ogg">')
  t.match(live, ' data-live')
  t.notMatch(live, 'http-equiv')
  const replay = withPlayer(page, show, { isLive: false, sources }, publicUrl)
  t.match(replay, ' · Replay')
  t.notMatch(replay, 'data-live')
  for (const [status, text] of [
    ['scheduled', 'hasn’t started yet'],
    ['live', '</span> in Ambient'],
    ['interrupted', 'Back soon']
  ] as const) {
    const waiting = withPlayer(page, { ...show, status }, null, publicUrl)
    t.match(waiting, text)
    t.match(waiting, '<meta http-equiv="refresh" content="60">')
  }
  t.notMatch(withPlayer(page, show, null, publicUrl), 'http-equiv', 'an ended show does not come back')
  t.match(withPlayer(page, undefined, null, publicUrl), 'isn’t available')
})
