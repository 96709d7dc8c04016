import type { BackstageDraft, BackstageInvitation, BackstageInvitations } from '../../contract/backstage.ts'
import type { JinglePads } from '../../contract/jingles.ts'
import type { Page } from '../../contract/paging.ts'
import type { PeopleHere } from '../../contract/people-here.ts'
import type { ShowProgram } from '../../contract/program.ts'
import type { SeriesPatch, Show, ShowDraft, ShowPatch } from '../../contract/shows.ts'
import type { RequestableSong } from '../../contract/song-requests.ts'
import type { SongsOnAir } from '../../contract/songs.ts'
import type { TagsInUse } from '../../contract/tags.ts'
import type { AuthorizedRequest } from '../request.ts'
import type { AuthorizedUpload, UploadFile, UploadOptions } from '../upload.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface ShowSearch extends PageOptions {
  status?: 'live' | 'scheduled' | 'ended'
  creatorId?: string
  followed?: boolean
  /** Only shows with this tag. */
  tag?: string
  q?: string
}

/** Creates the requests about shows: finding, scheduling, starting and ending them. */
export function createShowsApi(request: AuthorizedRequest, upload: AuthorizedUpload) {
  return {
    list: async (search: ShowSearch = {}) => await request<Page<Show>>('GET', `/shows${toQuery(search)}`),
    get: async (showId: string) => await request<Show>('GET', `/shows/${showId}`),
    /** Returns the tags of public shows that are live or planned, those of the largest number of shows first. */
    tags: async () => await request<TagsInUse>('GET', '/tags'),
    /** Returns the people in a live show whom its listeners see, and the number of guests. For those in the show. */
    people: async (showId: string, page: PageOptions = {}) =>
      await request<PeopleHere>('GET', `/shows/${showId}/people${toQuery(page)}`),
    /**
     * Returns the creator's songs that may be requested in a live show, newest first. Each word of `q` is the beginning
     * of a word in title, artist or album. For those in the show. Throws FORBIDDEN while song requests are closed.
     */
    requestableSongs: async (showId: string, search: PageOptions & { q?: string } = {}) =>
      await request<Page<RequestableSong>>('GET', `/shows/${showId}/requestable-songs${toQuery(search)}`),
    /** Returns the songs that a live show plays, has paused, or is about to play. */
    onAir: async (showId: string) => await request<SongsOnAir>('GET', `/shows/${showId}/on-air`),
    /** Returns the jingles of the creator, for `room.playJingle`. For the hosts of the show. */
    jingles: async (showId: string) => await request<JinglePads>('GET', `/shows/${showId}/jingles`),
    /** Returns the addresses of a show's HTTP stream, for its hosts. */
    program: async (showId: string) => await request<ShowProgram>('GET', `/shows/${showId}/program`),
    create: async (draft: ShowDraft) => await request<Show>('POST', '/shows', draft),
    patch: async (showId: string, patch: ShowPatch) => await request<Show>('PATCH', `/shows/${showId}`, patch),
    /**
     * Sets the picture of the user's own show, and returns the show: JPEG, PNG or WebP up to 5 MiB, of which the middle
     * is kept as a square. The cover of a planned show of a series is also that of the later ones.
     */
    setCover: async (showId: string, picture: UploadFile, options: UploadOptions = {}) =>
      await upload<Show>('PUT', `/shows/${showId}/cover`, picture, options),
    removeCover: async (showId: string) => await request<Show>('DELETE', `/shows/${showId}/cover`),
    /** Deletes a show that has not started. */
    delete: async (showId: string) => await request<null>('DELETE', `/shows/${showId}`),
    /** Changes the planned show of a series and all later ones. */
    patchSeries: async (seriesId: string, patch: SeriesPatch) =>
      await request<null>('PATCH', `/series/${seriesId}`, patch),
    /** Ends a series, and deletes its planned show. */
    stopSeries: async (seriesId: string) => await request<null>('DELETE', `/series/${seriesId}`),
    /** Returns the people invited backstage: all of them for the creator, only the user for others. */
    backstage: async (showId: string) => await request<BackstageInvitations>('GET', `/shows/${showId}/backstage`),
    /** Invites a person backstage before a show starts, or changes their role. */
    inviteBackstage: async (showId: string, userId: string, draft: BackstageDraft = {}) =>
      await request<BackstageInvitation>('PUT', `/shows/${showId}/backstage/${userId}`, draft),
    /** Withdraws an invitation, or declines the user's own. The person leaves the backstage at once. */
    withdrawBackstage: async (showId: string, userId: string) =>
      await request<null>('DELETE', `/shows/${showId}/backstage/${userId}`),
    start: async (showId: string) => await request<Show>('POST', `/shows/${showId}/start`),
    end: async (showId: string) => await request<Show>('POST', `/shows/${showId}/end`)
  }
}
