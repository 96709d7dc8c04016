import fp from 'fastify-plugin'
import { createBlockedWordLists, type BlockedWordLists, type BlockedWordsDocument } from './blocked-words.ts'
import { createHeldComments, type HeldCommentDocument, type HeldComments } from './held-comments.ts'
import type { PersonPair } from '../people/person-pairs.ts'
import { createComments, type Comments } from './comments.ts'

declare module 'fastify' {
  interface FastifyInstance {
    creatorWords: BlockedWordLists
    heldComments: HeldComments
    comments: Comments
  }
}

const removeEveryMs = 3_600_000

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

    const heldComments = await createHeldComments({
      held: app.db.collection<HeldCommentDocument>('heldComments'),
      trusted: app.db.collection<PersonPair>('trustedCommenters'),
      users
    })
    app.decorate('heldComments', heldComments)
    app.personalData.register('heldComments', heldComments.personalData)
    app.personalData.register('trustedCommenters', heldComments.trustData)
    app.showData.register('heldComments', heldComments.removeOfShow)
    app.blocks.onBlocked(async (blockerId, blockedId) => {
      await heldComments.forgetBlocked(blockerId, blockedId, await app.shows.findLiveShowId(blockerId))
    })
    app.maintenance.every('remove old held comments', removeEveryMs, heldComments.removeOld)
    app.addHook('onClose', async () => await comments.close())
  },
  { name: 'comments', dependencies: ['mongodb', 'records', 'operations', 'people', 'privacy', 'shows'] }
)
