import '@backstage/ui/css/styles.css';
import { SignInPage } from '@backstage/core-components';
import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import catalog from '@backstage/plugin-catalog/alpha';
import scaffolder from '@backstage/plugin-scaffolder/alpha';
import userSettings from '@backstage/plugin-user-settings/alpha';
import { createRoot } from 'react-dom/client';

const signIn = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: { loader: async () => props => <SignInPage {...props} providers={['guest']} /> },
    }),
  ],
});

const app = createApp({ features: [catalog, scaffolder, userSettings, signIn] });
createRoot(document.getElementById('root')!).render(app.createRoot());
