/** The thread of the writer, with a client that fails as the first value of a request names. */
import { Producer, type MessageToProduce } from '@platformatic/kafka'
import '../../../../plugins/external/kafka/producer-worker.ts'

const failures = new Map<string, () => unknown>([
  [
    'throw',
    () => {
      setImmediate(() => {
        throw new TypeError('thrown where nobody catches it')
      })
    }
  ],
  ['exit', () => process.exit(3)],
  ['block', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)]
])
const { send } = Producer.prototype

Object.assign(Producer.prototype, {
  async send(this: Producer, options: { messages: MessageToProduce[] }) {
    const fail = failures.get(String(options.messages[0]?.value))
    if (!fail) return await send.call(this, options)
    fail()
    await new Promise(() => {})
  }
})
