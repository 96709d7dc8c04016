import fp from 'fastify-plugin'
import type { Authenticate } from '../identity/authenticate.ts'
import { createAnnouncementBoard, type AnnouncementBoard } from './announcement-board.ts'
import type { AnnouncementDocument } from './announcement-document.ts'
import { createAnnouncements, type Announcements } from './announcements.ts'
import { createOperatorActions, type OperatorActionDocument, type OperatorActions } from './operator-actions.ts'
import { createOperatorAuthentication, createOperators, type Operators } from './operators.ts'
import { createReports, type ReportDocument, type Reports } from './reports.ts'
import { createShowModeration, type ShowModeration } from './show-moderation.ts'

declare module 'fastify' {
  interface FastifyInstance {
    operatorActions: OperatorActions
    reports: Reports
    operators: Operators
    announcements: Announcements
    announcementBoard: AnnouncementBoard
    /** Requires the access token of an operator. Throws NOT_FOUND for everybody else, TOKEN_EXPIRED. */
    authenticateOperator: Authenticate
    showModeration: ShowModeration
  }
}

/** Moderation: reports, operators with their actions and announcements, decisions and bans in shows. */
export default fp(
  async app => {
    const { db, config, users, shows, showGuard, showEvents, liveShows, comments, suspensions, sessions } = app

    const actions = await createOperatorActions({
      actions: db.collection<OperatorActionDocument>('operatorActs'),
      users
    })
    app.decorate('operatorActions', actions)
    app.personalData.register('operatorActs', {
      export: actions.export,
      // The log stays, because operators answer for it. It has ids and reasons, but no names.
      erase: async () => {}
    })

    const reports = await createReports({
      reports: db.collection<ReportDocument>('reports'),
      users,
      shows,
      comments
    })
    app.decorate('reports', reports)
    app.personalData.register('reports', reports)

    const operators = createOperators({
      operatorIds: config.OPERATOR_IDS,
      actions,
      reports,
      shows,
      liveShows,
      comments,
      takedowns: app.replays.takedowns,
      covers: app.showCovers,
      users,
      suspensions,
      sessions
    })
    app.decorate('operators', operators)
    app.decorate('authenticateOperator', createOperatorAuthentication(operators, app.recognize))

    const announcements = db.collection<AnnouncementDocument>('announcements')
    const board = createAnnouncementBoard({
      announcements,
      feed: app.clusterFeed,
      logger: app.log.child({ part: 'announcements' }),
      nowMs: Date.now
    })
    app.decorate('announcementBoard', board)
    app.decorate('announcements', await createAnnouncements({ announcements, actions, board, nowMs: Date.now }))

    app.decorate('showModeration', createShowModeration({ showGuard, showEvents, liveShows, users }))
  },
  {
    name: 'moderation',
    dependencies: ['mongodb', 'operations', 'privacy', 'people', 'identity', 'shows', 'comments', 'replays']
  }
)
