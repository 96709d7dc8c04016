import type { Heard, Visitor } from './browser.ts'

const lookEveryMs = 100

/** Waits until something about what a person hears is so. */
export async function untilHears(visitor: Visitor, fits: (heard: Heard) => boolean): Promise<Heard> {
  for (;;) {
    const heard = await visitor.heard()
    if (fits(heard)) return heard
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
}

/** Waits until a person hears something new. */
export async function untilHearsMore(visitor: Visitor): Promise<void> {
  const { energy } = await visitor.heard()
  await untilHears(visitor, now => now.energy > energy + 0.001)
}

/** Waits until a person hears so many voices for a second and a half without a break. */
export async function untilHearsSteadily(visitor: Visitor, streams: number): Promise<void> {
  let steady = 0
  while (steady < 3) {
    const before = await visitor.heard()
    await new Promise(resolve => setTimeout(resolve, 5 * lookEveryMs))
    const now = await visitor.heard()
    const flowing = Object.entries(now.packetsOf).filter(
      ([stream, packets]) => packets > (before.packetsOf[stream] ?? 0)
    ).length
    steady = flowing === streams && now.energy > before.energy ? steady + 1 : 0
  }
}

/** What arrives at a person within a while. */
export async function hearsDuring(visitor: Visitor, ms: number): Promise<{ energy: number; packets: number }> {
  const before = await visitor.heard()
  await new Promise(resolve => setTimeout(resolve, ms))
  const after = await visitor.heard()
  return { energy: after.energy - before.energy, packets: after.packets - before.packets }
}
