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
    app.addHook('onClose', async () => await comments.close())
  },
  { name: 'comments', dependencies: ['records', 'people', 'privacy', 'shows'] }
)
