import { QueryClient } from '@tanstack/react-query';
import { Admin, CustomRoutes, localStorageStore, Resource, type Store } from 'react-admin';
import { Route } from 'react-router-dom';
import { account as Account } from '../account/index.ts';
import { apiKeys } from '../api-keys/index.ts';
import { ask as Ask } from '../ask/index.ts';
import { assignments } from '../assignments/index.ts';
import { auditEntries } from '../audit/index.ts';
import { conditions } from '../conditions/index.ts';
import { decisions } from '../decisions/index.ts';
import { groups } from '../groups/index.ts';
import { Home } from '../home/index.ts';
import { Toasts } from '../kit/Toasts.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { matrix as Matrix } from '../matrix/index.ts';
import { operators } from '../operators/index.ts';
import { authProvider } from '../providers/authProvider.ts';
import { dataProvider } from '../providers/dataProvider.ts';
import { resources } from '../resources/index.ts';
import { resourceTypes } from '../resource-types/index.ts';
import { roles } from '../roles/index.ts';
import { byLink as UseLink, proof as ProviderProof, setUp as SetUp, signIn as SignIn } from '../sign-in/index.ts';
import { securityEvents } from '../security-events/index.ts';
import { tenants } from '../tenants/index.ts';
import { users } from '../users/index.ts';
import { AccessDenied, NotFound } from './Dead.tsx';
import { Layout } from './Layout.tsx';
import { darkTheme, lightTheme } from './theme.ts';

/**
 * At sign-out the server has the browser empty its storage (`Clear-Site-Data`), and react-admin empties its store. The theme is the browser's,
 * not the operator's, and stays.
 */
function keepingTheme(store: Store): Store {
  let theme = store.getItem<string>('theme');
  return {
    ...store,
    setItem: (key, value) => {
      if (key === 'theme') theme = value as string;
      store.setItem(key, value);
    },
    reset: () => {
      store.reset();
      if (theme) store.setItem('theme', theme);
    },
  };
}

// Without a connection a write would wait unseen, and be sent long after the operator gave it up.
const queryClient = new QueryClient({ defaultOptions: { queries: { networkMode: 'always' }, mutations: { networkMode: 'always' } } });
const Loading = () => <Waiting />;
const store = keepingTheme(localStorageStore(undefined, 'licet'));

/** The console: a list of nouns, each a folder. */
export function App() {
  return (
    <Admin
      title="Licet"
      disableTelemetry
      requireAuth
      dataProvider={dataProvider}
      authProvider={authProvider}
      store={store}
      queryClient={queryClient}
      theme={lightTheme}
      darkTheme={darkTheme}
      layout={Layout}
      loginPage={SignIn}
      dashboard={Home}
      notification={Toasts}
      loading={Loading}
      accessDenied={AccessDenied}
      catchAll={NotFound}
    >
      <CustomRoutes noLayout>
        <Route path="/setup" element={<SetUp />} />
        <Route path="/link" element={<UseLink />} />
        <Route path="/proof" element={<ProviderProof />} />
      </CustomRoutes>
      <CustomRoutes>
        <Route path="/matrix" element={<Matrix />} />
        <Route path="/ask" element={<Ask />} />
        <Route path="/account" element={<Account />} />
      </CustomRoutes>
      <Resource name="roles" {...roles} />
      <Resource name="resource-types" {...resourceTypes} />
      <Resource name="conditions" {...conditions} />
      <Resource name="resources" {...resources} />
      <Resource name="users" {...users} />
      <Resource name="groups" {...groups} />
      <Resource name="assignments" {...assignments} />
      <Resource name="tenants" {...tenants} />
      <Resource name="decisions" {...decisions} />
      <Resource name="audit-entries" {...auditEntries} />
      <Resource name="security-events" {...securityEvents} />
      <Resource name="api-keys" {...apiKeys} />
      <Resource name="operators" {...operators} />
    </Admin>
  );
}
