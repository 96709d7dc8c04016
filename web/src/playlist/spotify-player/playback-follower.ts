import { nextStep, type PlaybackTarget, type Step } from './next-step.ts'
import { PlayerError, type PlayerDevice, type PlayerErrorReason } from './player-device.ts'

export interface PlaybackFollowerParts {
  device: PlayerDevice
  /** Returns what should play at the moment of the call; null for silence. */
  getTarget: () => PlaybackTarget | null
  onError: (reason: PlayerErrorReason) => void
  /** Called when the player plays its target, so that an earlier error is over. */
  onInSync: () => void
}

/** A player takes a while to jump. The measured delay is added to the position of the next jump, up to this limit. */
const maxLeadMs = 2000

/** Keeps a player in sync with the show, one step at a time. */
export function createPlaybackFollower({ device, getTarget, onError, onInSync }: PlaybackFollowerParts) {
  let isBusy = false
  let leadMs = 0
  let hasJumped = false
  /** A track that could not be started, so that it is not tried every second. */
  let refusedTrackId: string | null = null

  async function carryOut(step: Step): Promise<void> {
    switch (step.do) {
      case 'nothing':
        return
      case 'pause':
        return await device.pause()
      case 'start':
        return await device.start(step.trackId, step.positionMs + leadMs)
      case 'seek':
        return await device.seek(step.positionMs + leadMs)
      case 'resume':
        await device.seek(step.positionMs + leadMs)
        await device.resume()
    }
  }

  /** Adjusts the lead by how far the last jump missed its target. */
  function adjustLead(target: PlaybackTarget | null, positionMs: number | undefined): void {
    if (!hasJumped || !target || positionMs === undefined) return
    leadMs = Math.min(maxLeadMs, Math.max(0, leadMs + target.positionMs - positionMs))
  }

  async function takeStep(): Promise<void> {
    const actual = await device.getState()
    const target = getTarget()
    if (target && target.trackId === refusedTrackId) return
    refusedTrackId = null
    const step = nextStep(target, actual)
    if (step.do === 'seek') adjustLead(target, actual?.positionMs)
    try {
      await carryOut(step)
    } catch (error) {
      if (step.do === 'start') refusedTrackId = step.trackId
      throw error
    }
    hasJumped = step.do === 'start' || step.do === 'seek' || step.do === 'resume'
    if (step.do === 'nothing' && target) onInSync()
  }

  return {
    /** Compares the player with its target and takes one step; does nothing while the previous step is running. */
    async follow(): Promise<void> {
      if (isBusy) return
      isBusy = true
      try {
        await takeStep()
      } catch (error) {
        onError(error instanceof PlayerError ? error.reason : 'unknown')
      } finally {
        isBusy = false
      }
    }
  }
}
