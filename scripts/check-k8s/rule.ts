import type { Facts } from './facts.ts'
import type { Manifest } from './manifest.ts'

/** Something that has to hold in every overlay. */
export interface Rule {
  name: string
  /** It holds for the overlays of this repository, and need not for an operator's own. */
  isOurs?: boolean
  /** What is against it, for the operator's eyes; nothing where all is well. */
  mistakes(manifests: readonly Manifest[], facts: Facts): string[]
  /** Ways to break it in a copy of the manifests, each of which has to be noticed. One that finds nothing to break answers false. */
  breaks: Array<(manifests: Manifest[]) => unknown>
}
