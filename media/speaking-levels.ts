import type { SpeakingLevel } from '../contract/speaking.ts'

/** The interval of mediasoup's faster observers too. */
const reportIntervalMs = 500
/** A node repeats its levels each second or sooner while anybody speaks there. A message to us may be lost. */
const remoteExpiryMs = 2500

/**
 * Merges the levels of a show's routers and of other nodes into one report at a time, with one empty report when all
 * are quiet.
 */
export interface SpeakingLevels {
  update(routerId: string, levels: SpeakingLevel[]): void
  /** Removes a closed router, whose speakers are not heard any more. */
  remove(routerId: string): void
  /** Takes the own levels of another node. They expire after 2.5 s. */
  updateRemote(nodeId: string, levels: SpeakingLevel[]): void
  removeRemote(nodeId: string): void
  close(): void
}

interface RemoteLevels {
  readonly levels: SpeakingLevel[]
  readonly expiry: NodeJS.Timeout
}

/** `onOwnReport` receives the levels without those of other nodes, when they have changed. */
export function createSpeakingLevels(
  onReport: (levels: SpeakingLevel[]) => void,
  onOwnReport: (levels: SpeakingLevel[]) => void = () => {}
): SpeakingLevels {
  const levelsByRouter = new Map<string, SpeakingLevel[]>()
  const levelsByNode = new Map<string, RemoteLevels>()
  let hasChanged = false
  let hasOwnChanged = false
  let wasQuiet = true
  let wasOwnQuiet = true
  let timer: NodeJS.Timeout | undefined

  function report(): void {
    timer = undefined
    if (!hasChanged) return
    hasChanged = false
    const own = [...levelsByRouter.values()].flat()
    if (hasOwnChanged) reportOwn(own)
    const levels = levelsByNode.size === 0 ? own : withRemote(own)
    if (levels.length === 0 && wasQuiet) return
    wasQuiet = levels.length === 0
    onReport(levels)
    timer = setTimeout(report, reportIntervalMs)
  }

  function reportOwn(own: SpeakingLevel[]): void {
    hasOwnChanged = false
    if (own.length === 0 && wasOwnQuiet) return
    wasOwnQuiet = own.length === 0
    onOwnReport(own)
  }

  /** Somebody who has just moved to another node is reported once. */
  function withRemote(own: SpeakingLevel[]): SpeakingLevel[] {
    const byUser = new Map(
      [...levelsByNode.values()].flatMap(({ levels }) => levels.map(level => [level.userId, level]))
    )
    for (const level of own) byUser.set(level.userId, level)
    return [...byUser.values()]
  }

  function changed(): void {
    hasChanged = true
    if (!timer) report()
  }

  function ownChanged(): void {
    hasOwnChanged = true
    changed()
  }

  function removeRemote(nodeId: string): void {
    clearTimeout(levelsByNode.get(nodeId)?.expiry)
    if (levelsByNode.delete(nodeId)) changed()
  }

  return {
    update(routerId, levels) {
      levelsByRouter.set(routerId, levels)
      ownChanged()
    },
    remove(routerId) {
      if (levelsByRouter.delete(routerId)) ownChanged()
    },
    updateRemote(nodeId, levels) {
      clearTimeout(levelsByNode.get(nodeId)?.expiry)
      levelsByNode.set(nodeId, { levels, expiry: setTimeout(removeRemote, remoteExpiryMs, nodeId).unref() })
      changed()
    },
    removeRemote,
    close() {
      levelsByRouter.clear()
      for (const { expiry } of levelsByNode.values()) clearTimeout(expiry)
      levelsByNode.clear()
      clearTimeout(timer)
    }
  }
}
