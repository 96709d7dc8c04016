import { lazy } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { ReminderCalls } from './discover/reminder-calls.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { Header } from './parts/header.tsx'
import { Later } from './parts/later.tsx'
import { Loading } from './parts/notice.tsx'
import { PageFocus } from './parts/page-focus.tsx'
import styles from './app.module.css'

const HomePage = lazy(async () => ({ default: (await import('./pages/home.tsx')).HomePage }))
const SignInPage = lazy(async () => ({ default: (await import('./pages/sign-in.tsx')).SignInPage }))
const ShowPage = lazy(async () => ({ default: (await import('./pages/show.tsx')).ShowPage }))
const EditShowPage = lazy(async () => ({ default: (await import('./pages/edit-show.tsx')).EditShowPage }))
const PlanPage = lazy(async () => ({ default: (await import('./pages/plan.tsx')).PlanPage }))
const PersonPage = lazy(async () => ({ default: (await import('./pages/person.tsx')).PersonPage }))
const PeoplePage = lazy(async () => ({ default: (await import('./pages/people.tsx')).PeoplePage }))
const LibraryPage = lazy(async () => ({ default: (await import('./pages/library.tsx')).LibraryPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./pages/settings.tsx')).SettingsPage }))

export function App() {
  const [path] = useLocation()
  return (
    <>
      <a className='visually-hidden' href='#main'>
        Skip to the content
      </a>
      <Header />
      <main id='main' className={styles.main} tabIndex={-1}>
        <Later of={path} fallback={<Loading />}>
          <Switch>
            <Route path='/'>
              <HomePage />
            </Route>
            <Route path='/sign-in'>
              <SignInPage />
            </Route>
            <Route path='/plan'>
              <PlanPage />
            </Route>
            <Route path='/library'>
              <LibraryPage />
            </Route>
            <Route path='/settings'>
              <SettingsPage />
            </Route>
            <Route path='/shows/:id'>{({ id }) => <ShowPage key={id} showId={id} />}</Route>
            <Route path='/shows/:id/edit'>{({ id }) => <EditShowPage key={id} showId={id} />}</Route>
            <Route path='/users/:id'>{({ id }) => <PersonPage key={id} userId={id} />}</Route>
            <Route path='/users/:id/followers'>
              {({ id }) => <PeoplePage key={id} userId={id} list='followers' />}
            </Route>
            <Route path='/users/:id/following'>
              {({ id }) => <PeoplePage key={id} userId={id} list='following' />}
            </Route>
            <Route>
              <NotFoundPage />
            </Route>
          </Switch>
          {/* Here it waits with the page that is still being loaded. */}
          <PageFocus />
        </Later>
      </main>
      <ReminderCalls />
    </>
  )
}
