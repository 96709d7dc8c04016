/*
 * npm run bench:cluster -- --simulate
 *
 * Runs one show on 1 to 20 nodes in one process: the real code of realtime/ over a bus in memory, without sockets and
 * media. Prints what a join, a comment and a leave cost, and how that grows. The time of the home includes what the bus
 * does to reach each other node, which is the work of Redis otherwise.
 */
import { step } from '../../../scripts/progress.ts'
import { median } from './figures.ts'
import { simulateShow, type ShowCost } from './simulation.ts'

const nodeCounts = [1, 2, 5, 10, 20]
const memberCounts = [250, 500, 1000, 2000, 4000]
const usualNodes = 5
const usualMembers = 1000
const membersPerNode = 250
/** Another process may take the core in the middle of a measurement: the middle one of several runs counts. */
const runs = 3
const quick = process.argv.includes('--quick')

/** The costs of one show, in several runs. */
interface Show {
  readonly nodes: number
  readonly members: number
  readonly runs: readonly ShowCost[]
}

type Figure = readonly [name: string, of: (cost: ShowCost) => number, digits: number]

const figures: readonly Figure[] = [
  ['messages/join', ({ messages }) => messages.join, 2],
  ['messages/comment', ({ messages }) => messages.comment, 2],
  ['messages/leave', ({ messages }) => messages.leave, 2],
  ['chars/join', ({ length }) => length.join, 0],
  ['home µs/join', ({ homeMicros }) => homeMicros.join, 0],
  ['home µs/comment', ({ homeMicros }) => homeMicros.comment, 0],
  ['home µs/leave', ({ homeMicros }) => homeMicros.leave, 0],
  ['other node µs/join', ({ replicaMicros }) => replicaMicros.join, 0],
  ['other node µs/comment', ({ replicaMicros }) => replicaMicros.comment, 0],
  ['replica bytes/member', ({ replicaBytesPerMember }) => replicaBytesPerMember, 0],
  ['snapshot chars', ({ snapshotLength }) => snapshotLength, 0],
  ['roll-call chars', ({ rollCallLength }) => rollCallLength, 0],
  ['takeover ms', ({ takeoverMs }) => takeoverMs, 0],
  ['new home, work ms', ({ newHomeMs }) => newHomeMs, 0],
  ['home in 5 s idle, ms', ({ checkMs }) => checkMs, 1]
]

async function simulateAll(shows: readonly (readonly [nodes: number, members: number])[]): Promise<Show[]> {
  const simulated: Show[] = []
  for (const [nodes, members] of shows) {
    const costs: ShowCost[] = []
    for (let run = 0; run < (quick ? 1 : runs); run++) costs.push(await simulateShow(nodes, members))
    simulated.push({ nodes, members, runs: costs })
    step(`${members} members on ${nodes} nodes`)
  }
  return simulated
}

/** Returns the power of x with which a figure grows, of its last two values above zero; null when there are none. */
function exponentOf(points: readonly { x: number; y: number }[]): number | null {
  const [first, last] = points.filter(({ x, y }) => x > 1 && y > 0).slice(-2)
  return first && last ? Math.log(last.y / first.y) / Math.log(last.x / first.x) : null
}

function print(title: string, shows: readonly Show[], xOf: (show: Show) => number): void {
  console.log(`\n${title}`)
  console.log(['x', ...shows.map(show => String(xOf(show))), 'grows with x^'].map(pad).join(''))
  for (const [name, of, digits] of figures) {
    const points = shows.map(show => ({ x: xOf(show), y: median(show.runs.map(of)) }))
    const exponent = exponentOf(points)
    const cells = points.map(({ y }) => y.toFixed(digits))
    console.log([name, ...cells, exponent === null ? '' : exponent.toFixed(2)].map(pad).join(''))
  }
}

const pad = (text: string, column: number) => (column === 0 ? text.padEnd(24) : text.padStart(14))

/** Prints the tables. */
export async function simulate(): Promise<void> {
  const members = quick ? 100 : usualMembers
  const nodesOf = quick ? [1, 2, 5] : nodeCounts
  // Compiles the code, before anything counts.
  await simulateShow(usualNodes, members)
  const byNodes = await simulateAll(nodesOf.map(nodes => [nodes, members] as const))
  const byMembers = await simulateAll((quick ? [50, 100] : memberCounts).map(count => [usualNodes, count] as const))
  const perNode = quick ? 20 : membersPerNode
  const byBoth = await simulateAll(nodesOf.slice(1).map(nodes => [nodes, nodes * perNode] as const))
  print(`${members} members on x nodes`, byNodes, ({ nodes }) => nodes)
  print(`x members on ${usualNodes} nodes`, byMembers, ({ members }) => members)
  print(`${perNode} members on each of x nodes`, byBoth, ({ nodes }) => nodes)
}
