/*
 * npm run bench:cluster [-- --quick] [-- --listeners 600 --sockets 2000 --only audio|comments|commands|takeovers]
 *
 * Compares a show on two nodes (with Redis) with the same show on one server, in turns within one run: CPU time per
 * packet and per comment that reaches a listener. Then measures commands from the node that is not the home, and the
 * time until another home answers after the first is killed. Exits with 1 when it could not measure or packets were
 * lost; the aims of the table are no condition. `-- --simulate` instead counts what up to 20 nodes do in one process.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { step } from '../../scripts/progress.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { measureAudio } from './cluster/audio.ts'
import { measureCommands, measureTakeovers } from './cluster/commands.ts'
import { measureComments } from './cluster/comments.ts'
import { startSingle, startTwoNodes, type Setup } from './cluster/setups.ts'
import { simulate } from './cluster/simulate.ts'
import { tableOf } from './cluster/table.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    simulate: { type: 'boolean', default: false },
    listeners: { type: 'string' },
    sockets: { type: 'string' }
  }
})
const { quick, only } = values
const isWanted = (part: string) => only === undefined || only === part
const listeners = Number(values.listeners ?? (quick ? 20 : 600))
const sockets = Number(values.sockets ?? (quick ? 80 : 2000))
const turns = quick ? 1 : 5
const turnSeconds = quick ? 2 : 8

/** Returns whether no packet was lost. */
async function compare(): Promise<boolean> {
  const setups: Setup[] = []
  try {
    console.log(`${cpus().length} cores, load at the start ${loadavg()[0]?.toFixed(1)}`)
    step('starting one server, two nodes and Redis')
    const cluster = await startTwoNodes()
    setups.push(cluster, await startSingle())
    const audio = isWanted('audio') ? await measureAudio(setups, { listeners, turns, turnSeconds }) : []
    const comments = isWanted('comments') ? await measureComments(setups, { sockets, turns, turnSeconds }) : []
    const commands = isWanted('commands') ? await measureCommands(cluster, quick ? 100 : 1000) : []
    const takeovers = isWanted('takeovers') ? await measureTakeovers(cluster, quick ? 1 : 5) : []
    console.log(`\nload at the end ${loadavg()[0]?.toFixed(1)}\n`)
    console.log(tableOf({ audio, comments, commands, takeovers }).join('\n'))
    return audio.every(({ lost }) => lost === 0)
  } finally {
    for (const setup of setups) await setup.close()
    closeRtcPeers()
  }
}

if (values.simulate) await simulate()
process.exit(values.simulate || (await compare()) ? 0 : 1)
