/** The thread of the writer on a machine that is so busy that loading takes longer than a request may. */
import { setTimeout as sleep } from 'node:timers/promises'

await sleep(17_000)
await import('../../../../plugins/external/kafka/producer-worker.ts')
