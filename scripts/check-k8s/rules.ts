import { entranceRules } from './entrance-rules.ts'
import type { Facts } from './facts.ts'
import type { Manifest } from './manifest.ts'
import { networkRules } from './network-rules.ts'
import { nodeRules } from './node-rules.ts'
import { podRules } from './pod-rules.ts'
import type { Rule } from './rule.ts'
import { settingsRules } from './settings-rules.ts'

export const rules: readonly Rule[] = [...settingsRules, ...nodeRules, ...podRules, ...networkRules, ...entranceRules]

/** Breaks a copy of the manifests in each way a rule has. Answers which breaks were tried, by their place, and which of them went unnoticed. */
export function tryBreaks(
  rule: Rule,
  manifests: readonly Manifest[],
  facts: Facts
): { tried: number; unnoticed: number[] } {
  const tried = rule.breaks.flatMap((damage, index) => {
    const copy = structuredClone([...manifests])
    return damage(copy) === false ? [] : [{ place: index + 1, noticed: notices(rule, copy, facts) }]
  })
  return { tried: tried.length, unnoticed: tried.filter(({ noticed }) => !noticed).map(({ place }) => place) }
}

/** What can't be read any more is noticed as well. */
function notices(rule: Rule, manifests: readonly Manifest[], facts: Facts): boolean {
  try {
    return rule.mistakes(manifests, facts).length > 0
  } catch {
    return true
  }
}
