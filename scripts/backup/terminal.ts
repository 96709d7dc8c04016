import { createProgress, step, type Progress } from '../progress.ts'
import type { Report } from './report.ts'

/** Tells on standard output how it goes. */
export function reportToTerminal(): Report {
  let current: Progress | undefined
  return {
    say: step,
    begin(what) {
      step(what)
      const progress = createProgress(what)
      current = progress
      return percent => progress.update(percent)
    },
    end() {
      current?.end()
    }
  }
}
