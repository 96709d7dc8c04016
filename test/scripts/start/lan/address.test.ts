import type { NetworkInterfaceInfo } from 'node:os'
import t from 'tap'
import { chooseLanAddress, lanAddresses } from '../../../../scripts/start/lan/address.ts'
import { SetupError } from '../../../../scripts/setup-error.ts'

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null
})
const v6: NetworkInterfaceInfo = { ...at(''), family: 'IPv6', address: 'fe80::1', scopeid: 2 }
const loopback = { lo: [at('127.0.0.1', true)] }

t.test('the likeliest address comes first', async t => {
  t.same(
    lanAddresses({
      ...loopback,
      docker0: [at('172.17.0.1')],
      eth1: [at('169.254.7.7')],
      eth2: [at('100.64.7.7'), at('203.0.113.7'), v6],
      wlan0: [v6, at('192.168.1.5')],
      eth0: [at('10.1.2.3')]
    }),
    ['192.168.1.5', '10.1.2.3', '100.64.7.7', '172.17.0.1', '169.254.7.7']
  )
  t.equal(chooseLanAddress({ docker0: [at('172.17.0.1')], en0: [at('172.31.9.9')] }), '172.31.9.9')
})

t.test('an address of the machine is taken when it is asked for', async t => {
  const interfaces = { ...loopback, docker0: [at('172.17.0.1')], wlan0: [at('192.168.1.5')] }
  t.equal(chooseLanAddress(interfaces, '172.17.0.1'), '172.17.0.1')
  t.equal(chooseLanAddress(interfaces, '127.0.0.1'), '127.0.0.1')
  for (const wanted of ['192.168.1.6', 'fe80::1', 'wlan0']) {
    t.throws(() => chooseLanAddress({ ...interfaces, eth0: [v6] }, wanted), /It has 192\.168\.1\.5, 172\.17\.0\.1\.$/)
  }
})

t.test('an address of the internet is refused', async t => {
  for (const address of ['203.0.113.7', '172.32.0.1', '100.128.0.1', '8.8.8.8']) {
    t.throws(() => chooseLanAddress({ ...loopback, eth0: [at(address)] }), SetupError, address)
    t.throws(() => chooseLanAddress({ ...loopback, eth0: [at(address)] }, address), /is an address of the internet/)
    t.equal(chooseLanAddress({ ...loopback, eth0: [at(address)], eth1: [at('10.1.2.3')] }), '10.1.2.3')
  }
})

t.test('a machine without a network says so', async t => {
  t.throws(() => chooseLanAddress(loopback), SetupError)
  t.throws(() => chooseLanAddress({ ...loopback, eth0: [v6] }), /finds no network/)
})
