/** A node renews its key this often, ms. */
export const renewalMs = 500
/** A node that did not renew its key for this time is dead to the others, ms. */
export const nodeTtlMs = 3500
/** A node is sure that the others take it for alive for this time after it sent a successful renewal, ms. */
export const sureMs = 2000
/** Maximum number of stored messages to one node, of announcements, and of entries of one show. */
export const maxInboxEntries = 10_000
export const maxFeedEntries = 10_000
export const maxShowEntries = 2000
