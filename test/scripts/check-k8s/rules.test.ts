import t from 'tap'
import { collectFacts } from '../../../scripts/check-k8s/facts.ts'
import { rules, tryBreaks } from '../../../scripts/check-k8s/rules.ts'
import { readBase } from './base.ts'

const [manifests, facts] = await Promise.all([readBase(), collectFacts()])

for (const rule of rules) {
  t.test(rule.name, async t => {
    t.strictSame(rule.mistakes(manifests, facts), [], 'k8s/base keeps it')
    t.strictSame(tryBreaks(rule, manifests, facts).unnoticed, [], 'and it notices what does not')
  })
}

t.test('what kustomize renders is looked at by npm run check:k8s, and most of it here', async t => {
  t.ok(rules.filter(rule => tryBreaks(rule, manifests, facts).tried > 0).length > rules.length / 2)
})
