import fp from 'fastify-plugin'
import { createComments, type Comments } from './comments.ts'

declare module 'fastify' {
  interface FastifyInstance {
    comments: Comments
  }
}

/** Comments of shows: storing, listing and deleting them. */
export default fp(
  async app => {
    const { db, users, liveShows, showGuard } = app
    const comments = await createComments({
      db,
      users,
      liveShows,
      showGuard,
      logger: app.log.child({ part: 'comments' })
    })
    app.decorate('comments', comments)
    app.personalData.register('comments', comments.personalData)
    app.showData.register('comments', comments.removeOfShow)
    app.addHook('onClose', async () => await comments.close())
  },
  { name: 'comments', dependencies: ['mongodb', 'people', 'privacy', 'shows'] }
)
