/** Number of times that a node is killed. */
export const repetitions = Number(process.env.FAULT_RUNS ?? 20)
