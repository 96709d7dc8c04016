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
