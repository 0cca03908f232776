// Owns the two windows that come by themselves: the question whether somebody may come in, and the sign.
import { ConsentCard } from '../features/consent/consent-card.tsx';
import { SignBar } from '../features/sign/sign-bar.tsx';
import { useApp } from '../store/use-app.ts';

export function ConsentWindow() {
  const [request] = useApp((app) => app.consentRequests);
  return request ? <ConsentCard key={request.id} request={request} look="window" /> : null;
}

export function SignWindow() {
  return <SignBar />;
}
