import type { AudioCost } from './audio.ts'
import type { CommandTimes } from './commands.ts'
import type { CommentCost } from './comments.ts'
import { median, percentile } from './figures.ts'

/** All that was measured; of audio and comments first the two nodes, then the one server. */
export interface Measured {
  readonly audio: readonly AudioCost[]
  readonly comments: readonly CommentCost[]
  readonly commands: readonly CommandTimes[]
  readonly takeovers: readonly number[]
}

interface Row {
  readonly what: string
  readonly nodes: string
  readonly single: string
  readonly result: string
  readonly aim: string
}

/** Returns the lines of the table. */
export function tableOf(measured: Measured): string[] {
  const heading = { what: 'what', nodes: 'two nodes', single: 'one server', result: 'result', aim: 'aim' }
  const rows: Row[] = [heading, ...audioRows(measured), ...commentRows(measured), ...timeRows(measured)]
  const columns = ['what', 'nodes', 'single', 'result', 'aim'] as const
  const widths = columns.map(column => Math.max(...rows.map(row => row[column].length)))
  return rows.map(row =>
    columns
      .map((column, n) => row[column].padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd()
  )
}

/** Compares the CPU of the servers per message, µs. */
function cpuRow(message: string, nodes: number, single: number, aim: string): Row {
  return {
    what: `CPU of the servers per ${message}`,
    nodes: `${nodes.toFixed(2)} µs`,
    single: `${single.toFixed(2)} µs`,
    result: ratio(nodes, single),
    aim
  }
}

function audioRows({ audio: [nodes, single] }: Measured): Row[] {
  if (!nodes || !single) return []
  return [
    cpuRow(`packet to one of ${nodes.listeners} listeners`, nodes.microsPerPacket, single.microsPerPacket, ''),
    {
      what: `packets lost of ${nodes.delivered + nodes.lost} and ${single.delivered + single.lost}`,
      nodes: String(nodes.lost),
      single: String(single.lost),
      result: nodes.lost + single.lost === 0 ? 'none' : 'LOST',
      aim: 'none'
    },
    {
      what: 'CPU of Redis while one person speaks',
      nodes: `${nodes.redisPercent.toFixed(2)} % of a core`,
      single: '',
      result: '',
      aim: ''
    }
  ]
}

function commentRows({ comments: [nodes, single] }: Measured): Row[] {
  if (!nodes || !single) return []
  return [
    cpuRow(`comment to one of ${nodes.sockets} sockets`, nodes.microsPerDelivery, single.microsPerDelivery, '≤ 1.1'),
    {
      what: 'comments that did not arrive',
      nodes: String(nodes.missing),
      single: String(single.missing),
      result: '',
      aim: 'none'
    },
    {
      what: 'CPU of Redis per comment',
      nodes: `${nodes.redisMicrosPerComment.toFixed(0)} µs`,
      single: '',
      result: `${nodes.redisPercent.toFixed(2)} % of a core at 10 comments/s`,
      aim: ''
    },
    {
      what: 'CPU of the servers without comments',
      nodes: `${nodes.idlePercent.toFixed(2)} % of a core`,
      single: `${single.idlePercent.toFixed(2)} % of a core`,
      result: '',
      aim: ''
    }
  ]
}

function timeRows({ commands, takeovers }: Measured): Row[] {
  return [
    ...commands.map(({ command, home, edge }) => ({
      what: `${command}, p50 and p99, from the other node and from the home`,
      nodes: `${edge.p50.toFixed(1)} and ${edge.p99.toFixed(1)} ms`,
      single: `${home.p50.toFixed(1)} and ${home.p99.toFixed(1)} ms`,
      result: `p99 ${edge.p99 < home.p99 ? '−' : '+'}${Math.abs(edge.p99 - home.p99).toFixed(1)} ms`,
      aim: '≤ +5 ms'
    })),
    ...(takeovers.length === 0 ? [] : [takeoverRow(takeovers)])
  ]
}

function takeoverRow(takeovers: readonly number[]): Row {
  return {
    what: `another home answers after kill -9, ${takeovers.length} times`,
    nodes: `${seconds(median(takeovers))} s`,
    single: '',
    result: `${seconds(percentile(takeovers, 0))} to ${seconds(percentile(takeovers, 1))} s`,
    aim: '≤ 5 s'
  }
}

const ratio = (nodes: number, single: number) => `${(nodes / single).toFixed(3)} ×`
const seconds = (ms: number) => (ms / 1000).toFixed(1)
