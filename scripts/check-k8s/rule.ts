import type { Facts } from './facts.ts'
import type { Manifest } from './manifest.ts'

/** A rule for every overlay. */
export interface Rule {
  name: string
  /** Whether the rule applies only to the overlays of this repository, and not to those of operators. */
  isOurs?: boolean
  /** Returns the violations, as messages for the operator. */
  mistakes(manifests: readonly Manifest[], facts: Facts): string[]
  /**
   * Changes of the manifests that the rule must detect. A change that does not apply to the manifests returns false.
   */
  breaks: Array<(manifests: Manifest[]) => unknown>
}
