import t from 'tap'

import { verdictOf } from '../../../scripts/check-signatures/verdict.ts'

const one = { name: 'left-pad', version: '1.3.0', registry: 'https://registry.example.org/' }

t.test('signatures are verified only when npm confirms it', async t => {
  t.equal(verdictOf(0, JSON.stringify({ invalid: [], missing: [] })).verdict, 'verified')
  t.equal(verdictOf(1, JSON.stringify({ invalid: [], missing: [] })).verdict, 'not checked')
  t.equal(verdictOf(0, '').verdict, 'not checked')
  t.equal(verdictOf(0, '{}').verdict, 'not checked')
  t.equal(verdictOf(0, 'audited 900 packages').verdict, 'not checked')
  t.equal(verdictOf(null, '').verdict, 'not checked')
})

t.test('wrong and missing signatures are listed', async t => {
  t.same(verdictOf(1, JSON.stringify({ invalid: [one], missing: [] })), {
    verdict: 'refused',
    reason: 'left-pad@1.3.0 has a wrong signature'
  })
  t.same(verdictOf(0, JSON.stringify({ invalid: [], missing: [one] })), {
    verdict: 'refused',
    reason: 'left-pad@1.3.0 has no signature'
  })
})

t.test('the reason why npm could not verify is reported', async t => {
  t.same(verdictOf(1, JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'request failed\nmore', detail: '' } })), {
    verdict: 'not checked',
    reason: 'ENOTFOUND: request failed'
  })
  t.same(verdictOf(1, JSON.stringify({ error: { code: null, summary: 'found no dependencies', detail: '' } })), {
    verdict: 'not checked',
    reason: 'npm: found no dependencies'
  })
})
