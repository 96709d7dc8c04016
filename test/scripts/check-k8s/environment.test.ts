import t from 'tap'
import { environmentOf, variablesOf } from '../../../scripts/check-k8s/environment.ts'
import { parseManifests, selects, type Container } from '../../../scripts/check-k8s/manifest.ts'
import { userOf } from '../../../scripts/check-k8s/facts.ts'

const container: Container = {
  name: 'it',
  image: 'it:1',
  envFrom: [{ configMapRef: { name: 'settings' } }],
  env: [
    { name: 'PORT', value: '8080' },
    { name: 'MEDIA_ANNOUNCED_ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    { name: 'MONGODB_URL', valueFrom: { secretKeyRef: { name: 'ambient-secrets', key: 'MONGODB_URL' } } },
    { name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'ambient-secrets', key: 'REDIS_URL', optional: true } } }
  ]
}
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { PORT: '3000', HOST: '0.0.0.0' }
}

t.test("a container's own variables override those of a ConfigMap", async t => {
  const variables = variablesOf(container, [settings])
  t.match(variables, [
    { name: 'PORT', source: 'literal', value: '8080' },
    { name: 'HOST', source: 'settings', value: '0.0.0.0' },
    { source: 'machine' },
    { source: 'secret', optional: false },
    { source: 'secret', optional: true }
  ])
})

t.test('optional secrets are in one environment and missing in the other', async t => {
  const variables = variablesOf(container, [settings])
  t.ok('REDIS_URL' in environmentOf(variables, 'all'))
  t.notOk('REDIS_URL' in environmentOf(variables, 'required'))
  t.match(environmentOf(variables, 'required'), {
    PORT: '8080',
    MONGODB_URL: /^mongodb:/,
    MEDIA_ANNOUNCED_ADDRESS: '192.0.2.10'
  })
})

t.test('the image sets variables that a container overrides', async t => {
  t.match(environmentOf([], 'required'), { NODE_ENV: 'production', MEDIA_LISTEN_IP: '0.0.0.0', PORT: '3000' })
  t.equal(environmentOf(variablesOf(container, [settings]), 'required').PORT, '8080')
})

t.test('manifests are parsed as in Kubernetes', async t => {
  t.strictSame(
    parseManifests('kind: ConfigMap\ndata:\n  TRUST_PROXY: on\n')[0]?.data,
    { TRUST_PROXY: true },
    'which reads it as a boolean'
  )
  t.throws(() => parseManifests('kind: [\n'))
})

t.test('a selector needs all its labels', async t => {
  t.ok(selects({ a: '1' }, { a: '1', b: '2' }))
  t.notOk(selects({ a: '1', b: '3' }, { a: '1', b: '2' }))
  t.ok(selects({}, undefined))
})

t.test('the user of the image must be numeric', async t => {
  t.strictSame(userOf('FROM a\nUSER 1:2\nFROM b\nUSER 10001:10002\n'), { uid: 10_001, gid: 10_002 })
  t.throws(() => userOf('USER ambient\n'), /in numbers/)
})
