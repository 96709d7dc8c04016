import t from 'tap'
import { countGraphemes } from '../../web/src/parts/graphemes.ts'
import { dayText, whenText } from '../../web/src/parts/when.ts'
import { deviceName } from '../../web/src/settings/device-name.ts'
import { safeReturn } from '../../web/src/sign-in/return.ts'

t.test('days as people say them', async t => {
  const now = new Date(2030, 0, 15, 23, 50)
  t.equal(dayText(new Date(2030, 0, 15, 0, 5), now), 'Today')
  t.equal(dayText(new Date(2030, 0, 16, 0, 5), now), 'Tomorrow', 'also when it is minutes away')
  t.equal(dayText(new Date(2030, 0, 14, 23, 55), now), 'Yesterday')
  t.equal(dayText(new Date(2030, 0, 18), now), 'Fri, Jan 18')
  t.equal(dayText(new Date(2031, 0, 18), now), 'Sat, Jan 18, 2031', 'the year where it is another')
  t.match(whenText(new Date(2030, 0, 16, 20, 5).toISOString(), now), /^Tomorrow, .*\b(8|20)\b/)
})

t.test('browsers by their names', async t => {
  t.equal(
    deviceName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'),
    'Chrome on Linux'
  )
  t.equal(
    deviceName(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0'
    ),
    'Edge on Windows'
  )
  t.equal(
    deviceName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
    ),
    'Safari on iPhone'
  )
  t.equal(
    deviceName(
      'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36'
    ),
    'Chrome on Android'
  )
  t.equal(deviceName('OurApp/1.0'), 'OurApp/1.0')
  t.equal(deviceName(''), 'Unknown device')
})

t.test('signing in leads to our own addresses alone', async t => {
  t.equal(safeReturn('/shows/abc'), '/shows/abc')
  for (const to of [
    null,
    '',
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'javascript:alert(1)',
    'shows/abc'
  ]) {
    t.equal(safeReturn(to), '/')
  }
})

t.test('characters as the server counts them', async t => {
  t.equal(countGraphemes('  e\u0301👩‍👩‍👧‍👦 '), 2)
})
