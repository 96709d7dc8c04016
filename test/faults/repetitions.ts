/** How often a row of the table of faults is tried. */
export const repetitions = Number(process.env.FAULT_RUNS ?? 20)
