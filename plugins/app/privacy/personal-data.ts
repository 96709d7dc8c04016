import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    personalData: PersonalData
  }
}

/** What one concern keeps about people: how to give it out, and how to make it go away. */
export interface PersonalDataKeeper {
  /** Everything held about the person, one record after the other; never a secret. */
  export(userId: string): AsyncIterable<object>
  /** Removes it, or takes the person out of what others need to keep. Safe to repeat. */
  erase(userId: string): Promise<void>
}

export type PersonalData = ReturnType<typeof createPersonalData>

/** Where every concern that keeps something about people says so, once, by its name. */
export function createPersonalData() {
  const keepers = new Map<string, PersonalDataKeeper>()

  return {
    /** Keepers are asked in the order in which they registered; the accounts themselves go last. */
    register(name: string, keeper: PersonalDataKeeper): void {
      keepers.set(name, keeper)
    },
    keepers: (): ReadonlyMap<string, PersonalDataKeeper> => keepers
  }
}

export default fp(
  async app => {
    app.decorate('personalData', createPersonalData())
  },
  { name: 'personal-data' }
)
