import t from 'tap'
import { deviceName } from '../../../web/src/settings/device-name.ts'

t.test('a device is named by its browser and system', async t => {
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
