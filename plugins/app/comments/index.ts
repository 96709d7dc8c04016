import fp from 'fastify-plugin'
import { createBlockedWordLists, type BlockedWordLists, type BlockedWordsDocument } from './blocked-words.ts'
import { createComments, type Comments } from './comments.ts'

declare module 'fastify' {
  interface FastifyInstance {
    creatorWords: BlockedWordLists
    comments: Comments
  }
}

/** Comments of shows: storing, listing and deleting them, and the words that creators block in them. */
export default fp(
  async app => {
    const { records, users, liveShows, showGuard, showEvents } = app
    const comments = await createComments({
      records,
      users,
      liveShows,
      showGuard,
      showEvents,
      logger: app.log.child({ part: 'comments' })
    })
    app.decorate('comments', comments)
    app.personalData.register('comments', comments.personalData)
    app.showData.register('comments', comments.removeOfShow)

    const creatorWords = createBlockedWordLists({
      lists: app.db.collection<BlockedWordsDocument>('blockedWords'),
      feed: app.clusterFeed,
      monotonicMs: () => performance.now()
    })
    app.decorate('creatorWords', creatorWords)
    app.personalData.register('blockedWords', creatorWords.personalData)
    app.addHook('onClose', async () => await comments.close())
  },
  { name: 'comments', dependencies: ['mongodb', 'records', 'operations', 'people', 'privacy', 'shows'] }
)
