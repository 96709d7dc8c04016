import t from 'tap'
import { rssOf } from '../../../../plugins/app/replays/rss.ts'

t.test('a feed has no character that XML cannot have, and keeps all others', async t => {
  const feed = rssOf({
    title: 'a\0b\x0bc\x1fd\ufffee\tf\x85g <&>',
    description: '',
    author: 'Creator',
    link: 'https://radio.example/users/1',
    feedUrl: 'https://radio.example/users/1/feed',
    imageUrl: null,
    episodes: []
  })
  t.match(feed, '<title>abcde\tf\x85g &lt;&amp;&gt;</title>')
})

t.test('a description is HTML in which each text stays as it was written', async t => {
  const feed = rssOf({
    title: 'Title',
    description: `It's "a" < b\n?x=1&copy=2 <Name>`,
    author: 'Creator',
    link: '',
    feedUrl: '',
    imageUrl: null,
    episodes: []
  })
  t.match(
    feed,
    '<description>It&apos;s &quot;a&quot; &amp;lt; b&lt;br/&gt;\n?x=1&amp;amp;copy=2 &amp;lt;Name&amp;gt;</description>'
  )
})

t.test('the cover of a show is the picture of its episode', async t => {
  const episode = {
    id: 'show',
    title: 'An episode',
    description: '',
    link: 'https://radio.example/shows/show',
    publishedAt: new Date(0),
    durationMs: 1000,
    audioUrl: 'https://radio.example/audio.mp3',
    audioBytes: 1,
    chaptersUrl: 'https://radio.example/chapters.json',
    captionsUrl: null
  }
  const channel = { title: 'T', description: '', author: 'A', link: '', feedUrl: '', imageUrl: null }
  const imageUrl = 'https://radio.example/v1/covers/a.name'
  const feed = rssOf({
    ...channel,
    episodes: [
      { ...episode, imageUrl },
      { ...episode, imageUrl: null }
    ]
  })
  t.equal(feed.split(`<itunes:image href="${imageUrl}"/>`).length, 2)
  t.equal(feed.split('itunes:image').length, 2, 'none without a cover')
})
