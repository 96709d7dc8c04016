import t from 'tap'
import { collectFacts } from '../../../scripts/check-k8s/facts.ts'
import { rules, tryBreaks } from '../../../scripts/check-k8s/rules.ts'
import { readBase, readBaseWithBackup } from './base.ts'

const [manifests, facts] = await Promise.all([readBase(), collectFacts()])

for (const rule of rules) {
  t.test(rule.name, async t => {
    t.strictSame(rule.mistakes(manifests, facts), [], 'k8s/base follows the rule')
    t.strictSame(tryBreaks(rule, manifests, facts).undetected, [], 'the rule detects every break')
  })
}

t.test('the backup accepts the environment of the image, and a break of its settings is detected', async t => {
  const withBackup = await readBaseWithBackup()
  const [rule] = rules.filter(({ name }) => name === 'backups read the data of the server')
  t.strictSame(rule!.mistakes(withBackup, facts), [])
  t.strictSame(tryBreaks(rule!, withBackup, facts), { tried: 3, undetected: [] })
})

t.test('the manifests in the repository follow most rules without kustomize, which npm run check:k8s uses', async t => {
  t.ok(rules.filter(rule => tryBreaks(rule, manifests, facts).tried > 0).length > rules.length / 2)
})
