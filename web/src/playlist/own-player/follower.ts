import { DeviceFault, type Device, type DeviceFaultReason } from './device.ts'
import { nextStep, type Step, type Wanted } from './next-step.ts'

export interface FollowerParts {
  device: Device
  /** What should be heard, at the moment it is asked. */
  wanted: () => Wanted | null
  failed: (reason: DeviceFaultReason) => void
  /** It does what it should: what was in the way is not any more. */
  well: () => void
}

/** Going somewhere takes a player a while; what it is learnt to take is added, but never more. */
const longestLeadMs = 2000

/** Keeps a player where the show is, one step at a time. */
export function createFollower({ device, wanted, failed, well }: FollowerParts) {
  let isBusy = false
  let leadMs = 0
  let hasJumped = false
  /** The track that could not be begun, so that it is not tried each second. */
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

  /** How far a jump fell short is how much earlier the next one aims. */
  function learn(goal: Wanted | null, positionMs: number | undefined): void {
    if (!hasJumped || !goal || positionMs === undefined) return
    leadMs = Math.min(longestLeadMs, Math.max(0, leadMs + goal.positionMs - positionMs))
  }

  async function look(): Promise<void> {
    const actual = await device.now()
    const goal = wanted()
    if (goal && goal.trackId === refusedTrackId) return
    refusedTrackId = null
    const step = nextStep(goal, actual)
    if (step.do === 'seek') learn(goal, actual?.positionMs)
    try {
      await carryOut(step)
    } catch (error) {
      if (step.do === 'start') refusedTrackId = step.trackId
      throw error
    }
    hasJumped = step.do === 'start' || step.do === 'seek' || step.do === 'resume'
    if (step.do === 'nothing' && goal) well()
  }

  return {
    /** Looks whether the player is where the show is; a look that is not over is enough. */
    async follow(): Promise<void> {
      if (isBusy) return
      isBusy = true
      try {
        await look()
      } catch (error) {
        failed(error instanceof DeviceFault ? error.reason : 'unknown')
      } finally {
        isBusy = false
      }
    }
  }
}
