import { useGetIdentity } from 'react-admin';
import { Code } from '../kit/Code.tsx';
import { Page } from '../kit/Page.tsx';
import { PasskeysPanel } from './PasskeysPanel.tsx';
import { IdentityPanel } from './IdentityPanel.tsx';
import { PasswordPanel } from './PasswordPanel.tsx';
import { SecondFactorPanel } from './SecondFactorPanel.tsx';
import { SessionPanel } from './SessionPanel.tsx';

/** What an operator looks after alone: the own password, passkeys, authenticator app and sessions. */
export function AccountPage() {
  const { identity } = useGetIdentity();
  return (
    <Page title="My account" badge={identity && <Code>{String(identity.id)}</Code>} lead="How you sign in, and where you are signed in.">
      <PasswordPanel />
      <PasskeysPanel />
      <SecondFactorPanel />
      <IdentityPanel />
      <SessionPanel />
    </Page>
  );
}
