import fp from 'fastify-plugin'
import { createAdmissions } from './admissions.ts'
import { createOwnedPictures } from '../people/owned-pictures.ts'
import { createAudienceLog, type AudienceLog } from './audience-log.ts'
import { createBackstage, type BackstageService } from './backstage.ts'
import { removeBlockedPerson } from './blocked-person.ts'
import { coverSidePx, type Covers } from './covers.ts'
import type { ShowDocument } from './document.ts'
import { openEventTables } from './event-tables.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { createLiveProgramsPort, type LiveProgramsPort } from './live-programs.ts'
import { createLiveShowsPort, type LiveShowsPort } from './live-shows.ts'
import { createShowsKeeper, createVisitorsKeeper } from './personal-data.ts'
import { createPeopleHere, type PeopleHereService } from './people-here.ts'
import { createRoleRevocations } from './role-revocations.ts'
import type { SeriesDocument } from './series/document.ts'
import type { Series } from './series/series.ts'
import { createShowData, type ShowData } from './show-data.ts'
import { createShowEvents, type ShowEvents } from './show-events.ts'
import { createShowGuard, type ShowGuard } from './show-guard.ts'
import { createShowInvitations, type InvitationDocument, type ShowInvitations } from './show-invitations.ts'
import { createShows, type Shows } from './shows.ts'
import { createShowViews } from './view.ts'
import { createVisitors } from './visitors.ts'
import { createVotes, type Votes } from './votes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    shows: Shows
    showSeries: Series
    showCovers: Covers
    showGuard: ShowGuard
    showInvitations: ShowInvitations
    backstage: BackstageService
    peopleHere: PeopleHereService
    eventLog: EventLog
    audienceLog: AudienceLog
    showEvents: ShowEvents
    showVotes: Votes
    liveShows: LiveShowsPort
    livePrograms: LiveProgramsPort
    /** Domains register here what they remove with a show. */
    showData: ShowData
  }
}

/** The interval in which the next shows of series are planned. */
const seriesIntervalMs = 30_000

/** Shows: stored shows, access to them, invitations, their event log, and the port to live rooms. */
export default fp(
  async app => {
    const { db, records, config, users, blocks, personalData, erasure, readiness, publicUrl, storage, pictures } = app
    const showData = createShowData()
    app.decorate('showData', showData)
    const liveShows = createLiveShowsPort()
    app.decorate('liveShows', liveShows)
    app.decorate('livePrograms', createLiveProgramsPort())

    const { events, snapshots } = await openEventTables(records)
    const eventLog = createEventLog({
      events,
      snapshots,
      onGap: (showId, seq) => app.log.warn({ showId, seq }, 'record missing in the log of a show')
    })
    const showEvents = createShowEvents(events)
    app.decorate('eventLog', eventLog)
    app.decorate('showEvents', showEvents)
    showData.register('showEvents', eventLog.removeOfShow)
    personalData.register('showEvents', {
      export: showEvents.export,
      async erase(userId) {
        await eventLog.removeSnapshotsOf(userId)
        await showEvents.anonymise(userId)
      }
    })

    const audienceLog = await createAudienceLog(records, app.pseudonymOf, (showId, seq) =>
      app.log.warn({ showId, seq }, 'audience event of a show missing')
    )
    app.decorate('audienceLog', audienceLog)
    showData.register('audienceEvents', audienceLog.removeOfShow)
    personalData.register('audienceEvents', audienceLog.personalData)

    const showVotes = await createVotes(db)
    app.decorate('showVotes', showVotes)
    showData.register('showVotes', showVotes.removeOfShow)
    personalData.register('showVotes', showVotes.personalData)

    const collection = db.collection<ShowDocument>('shows')
    const admissions = await createAdmissions(db)
    const revocations = await createRoleRevocations(db)
    personalData.register('showRoleRevocations', revocations.personalData)
    const showGuard = createShowGuard({ shows: collection, admissions, revocations, blocks, liveShows, showEvents })
    app.decorate('showGuard', showGuard)
    showData.register('showAdmissions', admissions.removeOfShow)
    app.decorate('peopleHere', createPeopleHere({ showGuard, liveShows, users, blocks, nowMs: Date.now }))

    const visitors = await createVisitors(db)
    const { series, covers, ...shows } = await createShows({
      shows: collection,
      series: db.collection<SeriesDocument>('showSeries'),
      coverFiles: createOwnedPictures({ storage, pictures, folder: 'covers', sidePx: coverSidePx }),
      suspensions: app.suspensions,
      views: createShowViews({ users, liveShows }),
      visitors,
      guard: showGuard,
      showData,
      liveShows,
      showEvents,
      maxSpeakers: config.LIMIT_STAGE,
      maxScheduled: config.LIMIT_SHOWS_PER_PERSON,
      isDraining: readiness.isDraining,
      nowMs: Date.now
    })
    app.decorate('shows', shows)
    app.decorate('showSeries', series)
    app.decorate('showCovers', covers)
    // Before the shows, of which it would plan more.
    personalData.register('showSeries', series.personalData)
    app.maintenance.every('plan next shows of series', seriesIntervalMs, series.planDue)
    personalData.register('shows', createShowsKeeper(collection, shows.removeAllOf))
    // After the shows, so that no upload finds one to refer to its picture.
    personalData.register('showCovers', covers)
    showData.register('showVisitors', visitors.removeOfShow)
    personalData.register('showVisitors', createVisitorsKeeper(visitors))
    // This runs after the person was signed out, so that they can't join again.
    erasure.prepareBy(async userId => await liveShows.forgetPerson(userId))

    const showInvitations = await createShowInvitations({
      invitations: db.collection<InvitationDocument>('showInvitations'),
      shows,
      showGuard,
      blocks,
      publicUrl
    })
    app.decorate('showInvitations', showInvitations)
    showData.register('showInvitations', showInvitations.removeOfShow)
    personalData.register('showInvitations', showInvitations.acceptedData)
    personalData.register('invitationsMade', showInvitations.createdData)

    const backstage = await createBackstage({
      shows: collection,
      guard: showGuard,
      users,
      blocks,
      liveShows,
      nowMs: Date.now
    })
    app.decorate('backstage', backstage)
    personalData.register('backstageInvitations', backstage.personalData)

    blocks.onBlocked(removeBlockedPerson({ findLiveShowId: shows.findLiveShowId, liveShows }))
    blocks.onBlocked(showGuard.revokeRoles)
    blocks.onBlocked(backstage.onBlocked)
  },
  {
    name: 'shows',
    dependencies: ['mongodb', 'records', 'storage', 'pictures', 'operations', 'privacy', 'http', 'people', 'identity']
  }
)
