import t from 'tap'
import { cleanEmoji, isEmoji } from '../../contract/reactions.ts'

t.test('an emoji without its selectors is completed', async t => {
  const emojis = [
    '\u2764\ufe0f',
    '\u2600\ufe0f',
    '\u{1f3f3}\ufe0f\u200d\u{1f308}',
    '\u{1f441}\ufe0f\u200d\u{1f5e8}\ufe0f'
  ]
  const keycapsAndFlags = [
    '1\ufe0f\u20e3',
    '#\ufe0f\u20e3',
    '\u{1f1f3}\u{1f1f5}',
    '\u{1f44f}\u{1f3fd}',
    '\u261d\u{1f3fd}'
  ]
  const families = [
    '\u{1f469}\u200d\u2764\ufe0f\u200d\u{1f468}',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u{1f44d}'
  ]
  for (const emoji of [...emojis, ...keycapsAndFlags, ...families]) {
    t.equal(isEmoji(emoji), true, emoji)
    t.equal(cleanEmoji(emoji), emoji)
    t.equal(cleanEmoji(emoji.replaceAll('\ufe0f', '')), emoji, `${emoji} without selectors`)
  }
  t.equal(cleanEmoji('\u{1f44d}\ufe0f'), '\u{1f44d}', 'a selector that is not needed is removed')
})

t.test('other texts stay as they are, and are no emoji', async t => {
  for (const text of [
    '',
    '1',
    '#',
    'a',
    '\ufe0f',
    '\u2764\u2764',
    '\u2764\ufe0f\u2764\ufe0f',
    '\u2764\ufe0e',
    '\u{1f3fd}x'
  ]) {
    t.equal(cleanEmoji(text), text)
    t.equal(isEmoji(cleanEmoji(text)), false, JSON.stringify(text))
  }
})
