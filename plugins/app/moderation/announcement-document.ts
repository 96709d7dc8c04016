/** An announcement as stored in the collection `announcements`. It has no personal data. */
export interface AnnouncementDocument {
  _id: string
  /** 0 to `maxActiveAnnouncements` − 1 while it is active. It is unique, so that not more are active at once. */
  slot?: number
  text: string
  createdAt: Date
  until: Date
  endedAt: Date | null
}
