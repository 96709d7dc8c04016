import { clusterRules } from './cluster-rules.ts'
import { entranceRules } from './entrance-rules.ts'
import type { Facts } from './facts.ts'
import type { Manifest } from './manifest.ts'
import { networkRules } from './network-rules.ts'
import { nodeRules } from './node-rules.ts'
import { podRules } from './pod-rules.ts'
import type { Rule } from './rule.ts'
import { settingsRules } from './settings-rules.ts'

export const rules: readonly Rule[] = [
  ...settingsRules,
  ...nodeRules,
  ...clusterRules,
  ...podRules,
  ...networkRules,
  ...entranceRules
]

/**
 * Applies each break of a rule to a copy of the manifests. Returns the number of breaks tried, and the positions of
 * those that the rule did not detect.
 */
export function tryBreaks(
  rule: Rule,
  manifests: readonly Manifest[],
  facts: Facts
): { tried: number; undetected: number[] } {
  const tried = rule.breaks.flatMap((damage, index) => {
    const copy = structuredClone([...manifests])
    return damage(copy) === false ? [] : [{ place: index + 1, isDetected: detects(rule, copy, facts) }]
  })
  return { tried: tried.length, undetected: tried.filter(({ isDetected }) => !isDetected).map(({ place }) => place) }
}

/** Returns whether a rule detects a break. Manifests that it cannot read count as detected. */
function detects(rule: Rule, manifests: readonly Manifest[], facts: Facts): boolean {
  try {
    return rule.mistakes(manifests, facts).length > 0
  } catch {
    return true
  }
}
