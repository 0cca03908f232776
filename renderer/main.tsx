// Owns the start of a page: draws the window that its address names.
import './ui/tokens.css';
import './ui/base.css';
import './ui/option.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SessionView } from './features/viewer/session-view.tsx';
import { WiringProvider, wireWindow } from './store/use-app.ts';
import { HomeWindow } from './windows/home-window.tsx';
import { ConsentWindow, SignWindow } from './windows/overlay-windows.tsx';
import { Page } from './windows/page.tsx';

const address = new URLSearchParams(location.search);

function View() {
  switch (address.get('view')) {
    case 'session':
      return <SessionView bare={address.get('chrome') === 'none'} />;
    case 'consent':
      return <ConsentWindow />;
    case 'sign':
      return <SignWindow />;
    default:
      return <HomeWindow />;
  }
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <WiringProvider value={wireWindow()}>
        <Page>
          <View />
        </Page>
      </WiringProvider>
    </StrictMode>,
  );
