// The declarations use types of the DOM, which a project may not list among its own libraries.
/// <reference lib="dom" preserve="true" />

export { createAmbient, type Ambient, type AmbientOptions } from './ambient.ts'
export { createAmbientApi, type AmbientApi, type ApiOptions } from './api.ts'
export type { Live } from './live.ts'
export { joinShow, type JoinOptions } from './join-show.ts'
export { audienceOf, type Audience } from './audience.ts'
export type { Announcement, AnnouncementFeed } from './announcements.ts'
export type { Account, SharedLock } from './account.ts'
export type { Clock } from './clock.ts'
export { createDucker, duckingShape, type DuckingSetting } from '../contract/ducking.ts'
export { nextCommentAtMs, type CommentsView, type ShownComment } from './comments-view.ts'
export {
  defaultMicrophone,
  findMicrophoneChoice,
  findMicrophonePermission,
  isNotConnected,
  listMicrophones,
  openMicrophone,
  watchMicrophones,
  type Microphone,
  type MicrophoneChoice
} from './microphones.ts'
export { MicrophoneMemory, type OnAir } from './microphone-memory.ts'
export { nowPlaying, type NowPlaying } from './now-playing.ts'
export { PlaylistEditor } from './playlist-editor.ts'
export type { MergedChanges, PlaylistView } from './playlist-view.ts'
export type { EditingHost, PlaylistAction } from '../contract/playlist.ts'
export type { ReactionCounts } from './reactions.ts'
export type { ShowRoom } from './show-room.ts'
export type { Decision } from './decisions.ts'
export type { CloseReason, RoomView } from './room-view.ts'
export { silentOutput } from './silent-output.ts'
export { elementOutput, type SoundOutput } from './sound.ts'
export {
  SpeakerMicrophone,
  type MicrophoneAccess,
  type MicrophoneProblem,
  type SpeakerMicrophoneParts,
  type SpeakerMicrophoneView
} from './speaker-microphone.ts'
export { findSpeakingObstacle, type SpeakingObstacle } from './speaking-obstacle.ts'
export { memoryStorage, type TokenStorage } from './storage.ts'
export type { MicrophoneFault } from './track-watch.ts'
export type { Uploader, UploadFile, UploadJob, UploadOptions } from './upload.ts'
export type { SoundKind, Volumes } from './volumes.ts'
export type {
  AnalyticsMinute,
  AnalyticsSpan,
  AudienceAnalytics,
  CreatorAnalytics,
  CreatorTotals,
  ListenerSources,
  PlayedSpan,
  RequestAnalytics,
  ShowAnalytics,
  ShowNumbers,
  SpeakerAnalytics
} from '../contract/analytics.ts'
export type { ListenerSource } from '../contract/audience-events.ts'
export type { BackstageDraft, BackstageInvitation, BackstageRole } from '../contract/backstage.ts'
export type { SignInSession } from '../contract/auth.ts'
export type { CalendarFeed, CalendarFeedAddress } from '../contract/calendars.ts'
export type { Comment, LiveComment, Mention } from '../contract/comments.ts'
export type { HeldComment } from '../contract/held-comments.ts'
export type { EmailAddress, EmailStatus } from '../contract/email.ts'
export { CodedError, type Issue } from '../contract/errors.ts'
export type { Invitation, InvitationDraft } from '../contract/invitations.ts'
export type {
  ArtistCard,
  MetadataField,
  MetadataProposal,
  MetadataSource,
  ProposedSong,
  ProposedSongs,
  SongMetadata,
  SongMetadataUpdate
} from '../contract/metadata.ts'
export type { Ban, Member, ShowDecision } from '../contract/moderation.ts'
export type { PeopleHere, PersonHere } from '../contract/people-here.ts'
export type {
  LivePeaks,
  LiveToday,
  LiveUpdate,
  LiveValues,
  OnlinePerson,
  PlayerState,
  SongUsers
} from '../contract/live.ts'
export type {
  NotificationSettings,
  NotificationSettingsPatch,
  PushSubscription,
  PushSubscriptionDraft
} from '../contract/notifications.ts'
export type { Page } from '../contract/paging.ts'
export type { Pin } from '../contract/pins.ts'
export type { Playback, PlaylistItem, SongFade } from '../contract/playback.ts'
export type { OwnVotes, Poll, PollDraft } from '../contract/polls.ts'
export type { Playlist } from '../contract/playlist.ts'
export type { OwnVoice, RecordedStint, RecordingSpace } from '../contract/recordings.ts'
export type {
  Replay,
  ReplayAudio,
  ReplayChapter,
  ReplayComment,
  ReplayItem,
  ReplayPatch,
  ReplayReactions,
  ReplaySpeaker,
  ReplayStretch,
  ReplayTrim
} from '../contract/replays.ts'
export { isQuiet, type RoomState, type SpeakState } from '../contract/room.ts'
export type { ActiveRecording, RecordingEnd } from '../contract/recordings.ts'
export { maxJingleMs } from '../contract/jingle-limits.ts'
export type { Jingle, JingleColor, JingleMark, JinglePad } from '../contract/jingles.ts'
export type { ShowProgram } from '../contract/program.ts'
export type { ShowReminder } from '../contract/reminders.ts'
export type { Report, ReportDraft } from '../contract/safety.ts'
export { maxSongFadeMs, minSongLevelDb, songLevelGain } from '../contract/song-gain.ts'
export { rampGain, type GainRamp } from '../contract/song-fade.ts'
export type { ShowSettings, ShowSettingsPatch } from '../contract/settings.ts'
export type { SignInOptions } from '../contract/sign-in-options.ts'
export type { SeriesPatch, Show, ShowDraft, ShowPatch } from '../contract/shows.ts'
export type { TagsInUse, TagUse } from '../contract/tags.ts'
export type { QueueEntry, StageMember } from '../contract/snapshot.ts'
export type { RequestableSong, SongRequest } from '../contract/song-requests.ts'
export type { Song, SongFailure, SongPatch, SongUpdate, SongSpace, SongStatus } from '../contract/songs.ts'
export type { PlayerToken, SpotifyPlaylist, SpotifyTrack } from '../contract/spotify.ts'
export type { Transcript, TranscriptSegment } from '../contract/transcripts.ts'
export { countGraphemes, textLength } from '../contract/graphemes.ts'
export type { Block, Link, Person, PublicUser, User, UserPatch } from '../contract/users.ts'
export type {
  Webhook,
  WebhookDelivery,
  WebhookDraft,
  WebhookEvent,
  WebhookMessage,
  WebhookPatch,
  WebhookWithSecret
} from '../contract/webhooks.ts'
