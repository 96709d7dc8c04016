/** A benchmark whose figures have targets: an npm script that prints its rows with `--json`. */
export interface Benchmark {
  readonly script: string
  /** Numbers of the rows that it measures. */
  readonly rows: readonly number[]
}

/** The benchmarks in the order of their rows. */
export const benchmarks: readonly Benchmark[] = [
  { script: 'bench:worker', rows: [1] },
  { script: 'bench:livekit', rows: [2, 3] },
  { script: 'bench:speaking', rows: [4] },
  { script: 'bench:joins', rows: [5] },
  { script: 'bench:comments', rows: [6] },
  { script: 'bench:rest', rows: [7, 8] },
  { script: 'bench:tap-to-sound', rows: [10] }
]

/** The row of the duration of all tests, which is measured only on request. */
export const testsRow = 9
/** The longest that all tests should take, minutes on two cores. */
export const testsTargetMinutes = 12
