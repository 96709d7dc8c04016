import type { Collection } from 'mongodb'
import t from 'tap'
import {
  createBlockedWordLists,
  filterMaxAgeMs,
  type BlockedWordsDocument
} from '../../../../plugins/app/comments/blocked-words.ts'
import { noFeed } from '../../../../plugins/app/operations/cluster-feed.ts'
import { until } from '../../../realtime/cluster/until.ts'
import { createFeedCluster } from '../operations/joined-feeds.ts'

/** A collection that several nodes share. `beforeAnswer` holds up what was read. */
function createStore() {
  const documents = new Map<string, string[]>()
  const store = { reads: 0, documents, beforeAnswer: async () => {} }
  const lists = {
    async findOne({ _id }: { _id: string }) {
      store.reads++
      const words = documents.get(_id)
      await store.beforeAnswer()
      return words ? { _id, words } : null
    },
    async updateOne({ _id }: { _id: string }, { $set }: { $set: { words: string[] } }) {
      documents.set(_id, $set.words)
    },
    async deleteOne({ _id }: { _id: string }) {
      documents.delete(_id)
    }
  }
  return { store, lists: lists as unknown as Collection<BlockedWordsDocument> }
}

t.test('a filter is read once, until its words change here or at another node', async t => {
  const { store, lists } = createStore()
  const cluster = createFeedCluster()
  const [a, b] = ['a', 'b'].map(nodeId => {
    const { feed, bus } = cluster.join(nodeId)
    feed.bind(bus)
    return createBlockedWordLists({ lists, feed, monotonicMs: () => 0 })
  })
  const finds = async (node = b!) => (await node.findFilter('ada'))?.finds('A spoiler') ?? false
  t.same([await finds(), await finds(), store.reads], [false, false, 1], 'a creator without words is kept too')
  await a!.set('ada', ['spoiler'])
  await until(finds)
  t.equal(await finds(a!), true)
  const { reads } = store
  t.same([await finds(), await finds(a!), store.reads], [true, true, reads])
  await b!.personalData.erase('ada')
  await until(async () => !(await finds(a!)))
  t.equal(await finds(), false)
})

t.test('a read that began before a change is not kept', async t => {
  const { store, lists } = createStore()
  const words = createBlockedWordLists({ lists, feed: noFeed, monotonicMs: () => 0 })
  const held = Promise.withResolvers<void>()
  store.beforeAnswer = async () => await held.promise
  const reading = words.findFilter('ada')
  store.beforeAnswer = async () => {}
  await words.set('ada', ['spoiler'])
  held.resolve()
  t.equal(await reading, undefined)
  t.equal((await words.findFilter('ada'))?.finds('spoiler'), true)
})

t.test('news that were lost are made up for, and a failed read is repeated', async t => {
  const { store, lists } = createStore()
  let now = 0
  const words = createBlockedWordLists({ lists, feed: noFeed, monotonicMs: () => now })
  store.beforeAnswer = async () => await Promise.reject(new Error('no store'))
  await t.rejects(words.findFilter('ada'), /no store/)
  store.beforeAnswer = async () => {}
  t.equal(await words.findFilter('ada'), undefined)
  store.documents.set('ada', ['spoiler'])
  t.equal(await words.findFilter('ada'), undefined)
  now = filterMaxAgeMs
  t.equal((await words.findFilter('ada'))?.finds('spoiler'), true)
})

t.test('filters of a bounded number of creators are kept', async t => {
  const { store, lists } = createStore()
  const words = createBlockedWordLists({ lists, feed: noFeed, monotonicMs: () => 0 })
  for (let n = 0; n <= 1000; n++) await words.findFilter(`creator-${n}`)
  await words.findFilter('creator-1000')
  t.equal(store.reads, 1001)
  await words.findFilter('creator-0')
  t.equal(store.reads, 1002, 'the first one was forgotten')
})
